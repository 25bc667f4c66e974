// A section of its own, so that objcopy can replace the text without another build. In C and in a
// file of its own, so that no optimizer replaces the reads by this text.
#include "CBuildStamp.h"

__attribute__((section("graphwarden_build"), used))
static const char stamp[256] = "0.1.0\nunknown\n";

const char *graphwarden_build_stamp(void) { return stamp; }
