#include "core/memory.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <new>
#include <optional>
#include <string_view>

namespace octet::core {
namespace {

constexpr std::array words = {"bad_alloc", "Cannot allocate memory", "out of memory",
                              "failed to map segment", "cannot allocate memory", "can't alloc",
                              "Failed to allocate",
                              // a thread's stack
                              "Resource temporarily unavailable"};

/// What OpenVINO says where a task of its own threw, as it does where memory runs out.
constexpr std::string_view lost_task = "Broken promise";

std::optional<rlim_t> limit_of_addresses() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

/// ", which takes … and may take …", or nothing where the system does not say.
std::string use_of_process() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  if (!(file >> pages)) return {};
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::string text = ", which takes " + mebibytes(pages * page) + " of addresses";
  if (const auto limit = limit_of_addresses())
    text += " of the " + mebibytes(*limit) + " that it may take (ulimit -v)";
  return text;
}

}  // namespace

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return true;
  const std::string_view text = error.what();
  if (limit_of_addresses() && text.find(lost_task) != text.npos) return true;
  return std::ranges::any_of(words, [&](const char* word) { return text.find(word) != text.npos; });
}

Error out_of_memory(const std::string& stage, const std::string& doing) {
  return {ErrorCode::out_of_memory, stage, "",
          "memory ran out" + (doing.empty() ? "" : " while the library had to " + doing) +
              " in this process" + use_of_process(),
          "Close other programs, raise the limit, or use a smaller model or fewer threads"};
}

void require_room_for_threads(std::size_t count, const std::string& stage,
                              const std::string& doing) {
  if (!limit_of_addresses()) return;
  rlimit stack{};
  constexpr std::size_t usual = 8 << 20;
  const bool is_known = ::getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY;
  const std::size_t bytes = count * (is_known ? static_cast<std::size_t>(stack.rlim_cur) : usual);
  void* room =
      ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) throw out_of_memory(stage, doing);
  ::munmap(room, bytes);
}

Error openvino_error(ErrorCode code, const std::string& stage, const std::string& where,
                     const std::string& doing, const std::exception& cause,
                     const std::string& remedy) {
  if (is_out_of_memory(cause)) return out_of_memory(stage, doing);
  std::string words = cause.what();
  words.erase(words.find_last_not_of(" \n.") + 1);
  return {code, stage, where, "OpenVINO failed to " + doing + ": " + words, remedy};
}

}  // namespace octet::core
