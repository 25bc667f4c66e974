// libyaml needs no wrapper: no function that we call is variadic, and every constant is an
// enumerator.
#ifndef CYAML_SHIM_H
#define CYAML_SHIM_H

#include <yaml.h>

#endif
