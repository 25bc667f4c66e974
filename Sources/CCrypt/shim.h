// libcrypt needs no wrapper: `crypt_r` takes a caller's scratch space, so nothing of it is shared.
#ifndef CCRYPT_SHIM_H
#define CCRYPT_SHIM_H

#include <crypt.h>

#endif
