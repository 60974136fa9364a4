from tests.gateway.puppets import *
import pytest
@pytest.mark.parametrize("over_grpc", [False, True])
async def test_it(over_grpc):
    stages = puppets()
    async with gateway(stages, over_grpc) as open_call:
        call = open_call()
        await call.send(streaming_config=config())
        asr = await stages["asr"].stream()
        for _ in range(5): await call.audio(CHUNK)
        sp = Speaker(asr)
        o = sp.open()
        await sp.transcript(o, "hi", final=False)
        await sp.transcript(o, "hi there")
        await call.finish()
        await asr.until(lambda s: s.half_closed)
        await sp.complete("hi there")
        asr.finish()
        for n in ("quality","semantics","analysis"):
            s = await stages[n].stream()
            await s.until(lambda s: s.half_closed)
            s.finish()
        await call.drain()
        print(call.kinds())
        print(call.bodies("session_summary"))
