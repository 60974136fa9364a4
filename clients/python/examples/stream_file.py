"""Streams a WAV file and prints what was said, as it becomes final, and whether everything arrived.

python stream_file.py call.wav [host:port]
"""

import asyncio
import sys

from rivermouth.client import Client, Reducer, RivermouthError, Transcript, audio_format_of


async def stream_file(path: str, address: str) -> None:
    """One session, from the first byte to the summary."""
    reducer = Reducer()
    async with Client(address) as client, client.session(audio_format_of(path)) as session:
        session.feed_file(path)  # sends beside the reading, then finishes
        async for event in session:
            reducer.apply(event)
            match event.body:
                case Transcript() as segment if event.is_good:  # final, and not a failed attempt
                    print(f"{segment.speaker or f'channel {segment.channel_tag}'}: {segment.text}")
    # The server says at the end how much it sent: an independent check that nothing was lost.
    differences = [*map(str, reducer.violations), *reducer.check_summary()]
    print("; ".join(differences) or f"all {reducer.last_sequence} events arrived")


if __name__ == "__main__":
    try:
        asyncio.run(stream_file(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:50051"))
    except RivermouthError as error:
        sys.exit(f"{error}")
