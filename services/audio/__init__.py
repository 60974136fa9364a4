"""Audio as data: formats, decoding to PCM, resampling, framing, voice activity.

Everything here is synchronous and pure: it knows neither gRPC nor the contract nor an event loop. The one
exception is `decoder_pool`, whose decoders for containers are processes and are waited for.
"""
