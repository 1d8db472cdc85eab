#include "core/hash.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>

namespace octet::core {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the hash is defined on little-endian words");

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87ULL;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FULL;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9ULL;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63ULL;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5ULL;

template <typename Word>
Word read(const unsigned char* data) {
  Word word;
  std::memcpy(&word, data, sizeof word);
  return word;
}

std::uint64_t round_of(std::uint64_t lane, std::uint64_t word) {
  return std::rotl(lane + word * prime2, 31) * prime1;
}

}  // namespace

Hash64::Hash64() : lanes_{prime1 + prime2, prime2, 0, 0 - prime1} {}

void Hash64::stripe(const unsigned char* block) {
  for (std::size_t i = 0; i < 4; ++i)
    lanes_[i] = round_of(lanes_[i], read<std::uint64_t>(block + 8 * i));
}

void Hash64::bytes(const void* data, std::size_t size) {
  if (size == 0) return;
  const auto* next = static_cast<const unsigned char*>(data);
  total_ += size;
  if (pending_size_ != 0) {
    const std::size_t taken = std::min(size, pending_.size() - pending_size_);
    std::memcpy(pending_.data() + pending_size_, next, taken);
    pending_size_ += taken;
    next += taken;
    size -= taken;
    if (pending_size_ < pending_.size()) return;
    stripe(pending_.data());
    pending_size_ = 0;
  }
  for (; size >= pending_.size(); next += pending_.size(), size -= pending_.size()) stripe(next);
  if (size != 0) std::memcpy(pending_.data(), next, size);
  pending_size_ = size;
}

void Hash64::text(std::string_view text) {
  number(static_cast<std::uint64_t>(text.size()));
  bytes(text.data(), text.size());
}

std::uint64_t Hash64::digest() const {
  std::uint64_t hash = prime5;
  if (total_ >= pending_.size()) {
    hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) +
           std::rotl(lanes_[3], 18);
    for (const std::uint64_t lane : lanes_) hash = (hash ^ round_of(0, lane)) * prime1 + prime4;
  }
  hash += total_;
  const unsigned char* next = pending_.data();
  std::size_t left = pending_size_;
  for (; left >= 8; next += 8, left -= 8)
    hash = std::rotl(hash ^ round_of(0, read<std::uint64_t>(next)), 27) * prime1 + prime4;
  if (left >= 4) {
    hash = std::rotl(hash ^ (read<std::uint32_t>(next) * prime1), 23) * prime2 + prime3;
    next += 4;
    left -= 4;
  }
  for (; left != 0; ++next, --left) hash = std::rotl(hash ^ (*next * prime5), 11) * prime1;
  hash = (hash ^ (hash >> 33)) * prime2;
  hash = (hash ^ (hash >> 29)) * prime3;
  return hash ^ (hash >> 32);
}

std::string Hash64::hex() const {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(digest()));
  return text;
}

}  // namespace octet::core
