// What the module of the C library for Swift leaves out: what glibc tells of its allocator.
#ifndef CMALLOC_SHIM_H
#define CMALLOC_SHIM_H

#include <malloc.h>

#endif
