"""Pictures for tests."""

import random
import struct
import zlib


def png(width: int, height: int, colour: tuple[int, int, int] | None = None) -> bytes:
    """Return a PNG of one colour. Without a colour it is random noise, which takes three bytes a pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    noise = random.Random(0)
    lines = b"".join(b"\0" + (bytes(colour) * width if colour else noise.randbytes(3 * width)) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
