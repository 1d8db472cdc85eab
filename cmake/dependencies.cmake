# OpenVINO comes from the Python wheel unless OpenVINO_DIR is given.
if(NOT OpenVINO_DIR)
  find_package(Python3 COMPONENTS Interpreter REQUIRED)
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -c "import openvino.utils as u; print(u.get_cmake_path(), end='')"
    OUTPUT_VARIABLE OpenVINO_DIR RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The openvino wheel is not installed for ${Python3_EXECUTABLE}. "
                        "Run 'make setup', or pip install openvino==${OCTET_OPENVINO_VERSION}.")
  endif()
endif()
find_package(OpenVINO ${OCTET_OPENVINO_VERSION} EXACT REQUIRED COMPONENTS Runtime PyTorch)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_library(MINIZIP_LIBRARY NAMES libminizip.a minizip REQUIRED)
find_path(MINIZIP_INCLUDE minizip/unzip.h REQUIRED)
find_path(STB_INCLUDE stb/stb_image.h REQUIRED)

add_library(octet_dependencies INTERFACE)
target_include_directories(octet_dependencies SYSTEM INTERFACE ${MINIZIP_INCLUDE} ${STB_INCLUDE})
target_link_libraries(octet_dependencies INTERFACE
  ${MINIZIP_LIBRARY} ZLIB::ZLIB nlohmann_json::nlohmann_json Threads::Threads)
