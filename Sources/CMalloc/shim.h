// What the C library's module for Swift leaves out: the options of glibc's allocator.
#ifndef CMALLOC_SHIM_H
#define CMALLOC_SHIM_H

#include <malloc.h>

#endif
