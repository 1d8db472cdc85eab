#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace octet::core {

/// The 64-bit XXH64 hash (github.com/Cyan4973/xxHash, its published specification), seed 0, fed in
/// pieces: several GB/s, the same on every little-endian machine. It guards against mistakes, not
/// against an adversary.
class Hash64 {
 public:
  Hash64();
  void bytes(const void* data, std::size_t size);
  /// Adds the length too, so that two texts never run into each other.
  void text(std::string_view text);
  template <typename Number>
  void number(Number value) {
    static_assert(std::is_arithmetic_v<Number>);
    bytes(&value, sizeof value);
  }
  std::uint64_t digest() const;
  /// 16 hexadecimal digits.
  std::string hex() const;

 private:
  void stripe(const unsigned char* block);

  std::array<std::uint64_t, 4> lanes_;
  std::array<unsigned char, 32> pending_{};
  std::size_t pending_size_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace octet::core
