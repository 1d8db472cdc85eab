add_library(octet_warnings INTERFACE)
# -Wrestrict has false positives on std::string in gcc 12 (gcc bug 105329).
target_compile_options(octet_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${OCTET_WERROR}>:-Werror>)
if(OCTET_SANITIZE)
  add_compile_options(-fsanitize=${OCTET_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${OCTET_SANITIZE})
  if(OCTET_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  # gcc 12 does not see fences under the thread sanitizer; none of ours is needed for order.
  if(OCTET_SANITIZE MATCHES thread)
    add_compile_options(-Wno-tsan)
  endif()
  # What the sanitizers add makes gcc 12 see uninitialized values in std::regex.
  target_compile_options(octet_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
