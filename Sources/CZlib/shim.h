// What Swift cannot call of zlib.
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

// deflateInit2 is a macro that adds version and size.
static inline int CZlib_deflateInit2(
    z_stream *stream, int level, int windowBits, int memoryLevel) {
    return deflateInit2(
        stream, level, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY);
}

#endif
