"""`rivermouth stream`: recordings or transcripts to a server, and what comes back to the terminal."""

import argparse
import os
import sys


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "stream",
        help="stream recordings or transcripts to a server and show what comes back",
        description="Streams WAV files, raw samples or transcripts to a server, one session a file, and "
        "shows what comes back. Ctrl-C ends the input and waits for the rest; a second one cancels.",
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="WAV, or raw samples with --encoding and --rate"
    )
    parser.add_argument(
        "--address",
        default=os.environ.get("RIVERMOUTH_ADDRESS"),
        help="host:port of the server (default: RIVERMOUTH_ADDRESS, else 127.0.0.1:50051)",
    )
    parser.add_argument("--realtime", action="store_true", help="send at the pace of the recording")
    parser.add_argument("--parallel", action="store_true", help="all sessions at once, not one after another")
    parser.add_argument("--json", action="store_true", help="one JSON object an event, one event a line")
    parser.add_argument(
        "--view",
        choices=["v2"],
        help="with --json: v2 prints results only, each with service_name, service_version, local, gemini, "
        "errors, partial, phase and chunk_index",
    )
    parser.add_argument(
        "--analyser", action="append", default=[], metavar="NAME", help="run this one; may be repeated"
    )
    parser.add_argument(
        "--channel-names",
        type=lambda names: [name.strip() for name in names.split(",")],
        default=[],
        metavar="A,B",
        help="speakers of the channels in order, such as agent,customer",
    )
    parser.add_argument(
        "--text",
        action="append",
        default=[],
        metavar="FILE.jsonl",
        help='a transcript instead of audio, in lines of {"start": 0.0, "end": 1.2, "text": "hello", '
        '"speaker": "anna", "channel": 1}; the last two may be left out',
    )
    recognition = parser.add_argument_group("recognition")
    recognition.add_argument(
        "--language", default="", metavar="TAG", help="such as en-US, or auto (default: the server's own)"
    )
    recognition.add_argument(
        "--phrase",
        action="append",
        default=[],
        metavar="WORDS",
        help="a name or term that is likely to be said; may be repeated",
    )
    recognition.add_argument(
        "--mask-profanity", action="store_true", help="all but the first letter of profane words become *"
    )
    recognition.add_argument(
        "--allow-audio-egress",
        action="store_true",
        help="let the server send the audio to a vendor, where its recogniser is one",
    )
    models = parser.add_argument_group("language models")
    models.add_argument(
        "--llm-provider",
        action="append",
        default=[],
        metavar="NAME",
        help="gemini, claude, openai or ollama, as far as the server has them; may be repeated, in the order "
        "in which they are asked (default: the server's order)",
    )
    models.add_argument(
        "--cache-answers",
        action="store_true",
        help="let the server keep models' answers, and give them again where the very same is asked",
    )
    redaction = parser.add_argument_group("personal data")
    redaction.add_argument(
        "--redact",
        choices=["mask", "hash", "name"],
        help="replace personal data before any text leaves for a language model: by [redacted], by its kind "
        "and a digest, or by its kind and a number",
    )
    redaction.add_argument(
        "--redact-kind",
        action="append",
        default=[],
        metavar="KIND",
        help="email, phone, card, iban, network or name; may be repeated (default: all of them)",
    )
    redaction.add_argument(
        "--redact-name",
        action="append",
        default=[],
        metavar="NAME",
        help="a name to look for, such as 'Anna Berg'; may be repeated",
    )
    raw = parser.add_argument_group("raw samples")
    raw.add_argument("--encoding", choices=["linear16", "float32", "mulaw", "alaw"], help="of the samples")
    raw.add_argument("--rate", type=int, metavar="HERTZ", help="8000 to 48000")
    raw.add_argument("--channels", type=int, default=1, metavar="N", help="1 to 8, interleaved (default 1)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command: 0 all sessions ended well, 1 one did not, 2 wrong usage, 130 cancelled."""
    import asyncio

    from rivermouth.client.commands import sources, streaming

    try:
        if args.view and not args.json:
            raise sources.UsageError(f"--view {args.view} is a form of JSON: say --json as well")
        if (args.redact_kind or args.redact_name) and not args.redact:
            raise sources.UsageError("what to replace is said, and not by what: say --redact as well")
        wanted = sources.sources_of(args)
    except sources.UsageError as error:
        print(f"rivermouth stream: {error}", file=sys.stderr)
        return 2
    try:
        return asyncio.run(streaming.stream_all(args, wanted))
    except BrokenPipeError:
        # The reader (| head) has seen enough. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except asyncio.CancelledError:
        return 130
