# Two layouts of the same objects, which differ in where the loader looks for OpenVINO.

# 1. A C++ package: `cmake --install`, then find_package(octet). OpenVINO stays where it was found.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(openvino_libraries "$<TARGET_FILE_DIR:openvino::runtime>")
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/octet)
set_target_properties(octet PROPERTIES INSTALL_RPATH "${openvino_libraries}")
set_target_properties(octet_cli PROPERTIES
  INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR};${openvino_libraries}")
install(TARGETS octet octet_cli EXPORT octetTargets)
install(DIRECTORY include/octet TYPE INCLUDE)
install(FILES LICENSE THIRD_PARTY_LICENSES.txt TYPE DOC)
install(EXPORT octetTargets NAMESPACE octet:: DESTINATION ${package_dir})
configure_package_config_file(cmake/octetConfig.cmake.in octetConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(octetConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/octetConfig.cmake ${PROJECT_BINARY_DIR}/octetConfigVersion.cmake
  DESTINATION ${package_dir})

# 2. A Python wheel: the library in the package `octet`, OpenVINO in the package `openvino` beside
# it, the command among the environment's commands. No path of the build machine is kept.
if(OCTET_PYTHON)
  add_library(wheel_library SHARED $<TARGET_OBJECTS:octet_objects>)
  target_link_libraries(wheel_library PRIVATE octet_private)
  target_link_options(wheel_library PRIVATE -Wl,--no-undefined)
  set_target_properties(wheel_library PROPERTIES OUTPUT_NAME octet SOVERSION 0
    LIBRARY_OUTPUT_DIRECTORY wheel INSTALL_RPATH "$ORIGIN/../../openvino/libs")

  # An environment's commands lie in bin/ and its packages in lib/python3.x/site-packages or
  # Debian's dist-packages; with `pip install --target` the packages lie beside bin/.
  find_package(Python 3.11 REQUIRED COMPONENTS Interpreter Development.Module)
  set(library_folder lib/python${Python_VERSION_MAJOR}.${Python_VERSION_MINOR})
  set(command_rpath)
  foreach(packages ${library_folder}/site-packages/ ${library_folder}/dist-packages/ "")
    list(APPEND command_rpath "$ORIGIN/../${packages}octet/lib" "$ORIGIN/../${packages}openvino/libs")
  endforeach()
  add_executable(wheel_command src/cli/main.cpp $<TARGET_OBJECTS:octet_cli_objects>)
  target_include_directories(wheel_command PRIVATE src)
  target_link_libraries(wheel_command PRIVATE octet octet_warnings octet_dependencies CLI11::CLI11)
  set_target_properties(wheel_command PROPERTIES OUTPUT_NAME octet
    RUNTIME_OUTPUT_DIRECTORY wheel INSTALL_RPATH "${command_rpath}")

  add_custom_target(wheel_parts DEPENDS wheel_library wheel_command _core)
  # scikit-build-core names the folder of the scripts and installs this component only.
  if(NOT SKBUILD_SCRIPTS_DIR)
    set(SKBUILD_SCRIPTS_DIR bin)
  endif()
  install(TARGETS wheel_library LIBRARY DESTINATION octet/lib NAMELINK_SKIP
    COMPONENT python EXCLUDE_FROM_ALL)
  install(TARGETS wheel_command DESTINATION ${SKBUILD_SCRIPTS_DIR}
    COMPONENT python EXCLUDE_FROM_ALL)
endif()
