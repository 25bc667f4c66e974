// json-c needs no wrapper: no function that we call is variadic and every flag is a plain integer.
#ifndef CJSONC_SHIM_H
#define CJSONC_SHIM_H

#include <json-c/json_object.h>
#include <json-c/json_object_iterator.h>
#include <json-c/json_tokener.h>

#endif
