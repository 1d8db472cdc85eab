add_library(octet_warnings INTERFACE)
# -Wrestrict has false positives on std::string in gcc 12 (gcc bug 105329).
target_compile_options(octet_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${OCTET_WERROR}>:-Werror>)
if(OCTET_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
