#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

namespace octet::statistics {

/// What statistics are between two runs or processes: numbers bit for bit, so that what is put
/// together is what one run would have.
using State = nlohmann::json;

/// A state that no run can have left. Whoever read it knows the file.
struct BadState : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool is_so, const char* problem) {
  if (!is_so) throw BadState(problem);
}

/// Numbers as bytes of a little-endian machine.
template <typename Number>
State pack(const std::vector<Number>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(Number));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return State::binary(std::move(bytes));
}

template <typename Number>
std::vector<Number> unpack(const State& state) {
  const auto& bytes = state.get_binary();
  require(bytes.size() % sizeof(Number) == 0, "an array ends within a number");
  std::vector<Number> values(bytes.size() / sizeof(Number));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace octet::statistics
