#pragma once

#if defined(OCTET_BUILDING)
#define OCTET_API __attribute__((visibility("default")))
#else
#define OCTET_API
#endif
