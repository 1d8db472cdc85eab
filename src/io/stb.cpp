// The one place where stb's code is compiled. Formats that are not needed stay out: every decoder
// is a surface for hostile files. PNM is read by pnm.cpp: stb leaves the pixels that a truncated
// file lacks uninitialized, and does not scale to the brightest value.
#define STBI_NO_STDIO
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_MAX_DIMENSIONS (1 << 16)
#define STBI_ASSERT(condition) ((void)0)
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>

#define STBIR_ASSERT(condition) ((void)0)
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>
