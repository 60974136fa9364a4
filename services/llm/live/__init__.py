"""Gemini Live: sessions that listen, with the vendor's limits hidden.

    client (one SDK client) → connection (one WebSocket) → session (one logical session, many connections)

A session plays turns, one after the other: each is a stretch of speech, answered with what was said in it.
"""
