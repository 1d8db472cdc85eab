#pragma once

#include <cstddef>
#include <exception>
#include <string>

#include "octet/error.hpp"
#include "octet/export.hpp"

namespace octet::core {

/// Whether memory was what ran out: `std::bad_alloc`, or the system's words for it in what OpenVINO
/// or the loader of its plugins says.
OCTET_API bool is_out_of_memory(const std::exception& error);

/// The error for it: what the process takes and, where there is one, its limit.
OCTET_API Error out_of_memory(const std::string& stage, const std::string& doing);

/// Throws `Error` (out_of_memory) where the stacks of so many threads would not fit beneath the
/// limit of addresses (ulimit -v): OpenVINO waits without end where it cannot start a thread.
void require_room_for_threads(std::size_t count, const std::string& stage,
                              const std::string& doing);

/// The `Error` for what OpenVINO threw while `doing`: `code` with its words, or out_of_memory.
Error openvino_error(ErrorCode code, const std::string& stage, const std::string& where,
                     const std::string& doing, const std::exception& cause,
                     const std::string& remedy);

}  // namespace octet::core
