#include "core/hash.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

namespace {
std::string hash_of(std::string_view bytes) {
  octet::core::Hash64 hash;
  hash.bytes(bytes.data(), bytes.size());
  return hash.hex();
}
}  // namespace

TEST_CASE("the hash gives XXH64's published values") {
  CHECK(hash_of("") == "ef46db3751d8e999");
  CHECK(hash_of("a") == "d24ec4f1a98c6e5b");
  CHECK(hash_of("abc") == "44bc2cf5ad770999");
  CHECK(hash_of("Nobody inspects the spammish repetition") == "fbcea83c8a378bf1");
}

TEST_CASE("the hash does not depend on how the bytes are cut into pieces") {
  std::vector<unsigned char> data(1000);
  std::iota(data.begin(), data.end(), static_cast<unsigned char>(0));
  octet::core::Hash64 whole;
  whole.bytes(data.data(), data.size());
  for (const std::size_t piece : {1, 7, 31, 32, 33, 999}) {
    octet::core::Hash64 hash;
    for (std::size_t i = 0; i < data.size(); i += piece)
      hash.bytes(data.data() + i, std::min(piece, data.size() - i));
    CHECK(hash.digest() == whole.digest());
  }
}

TEST_CASE("texts do not run into each other") {
  octet::core::Hash64 one, other;
  one.text("ab");
  one.text("c");
  other.text("a");
  other.text("bc");
  CHECK(one.digest() != other.digest());
}
