#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace octet::recipe {

/// Numbers are kept as f32, which are then written with as few digits as read back to the same
/// bits. Keys stay in the order of writing.
using Json = nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool,
                                  std::int64_t, std::uint64_t, float>;

/// Text of `json`; indent -1: in one line.
std::string dump(const Json& json, int indent);
/// Throws `Error` (recipe_invalid) naming `origin` and the place.
Json parse(const std::string& text, const std::string& origin);

/// Reads a JSON document and knows where it is: every mistake is an `Error` (recipe_invalid) that
/// names the file and the path, such as `edits[3].range.low`.
class JsonReader {
 public:
  /// `document` outlives the reader.
  JsonReader(const Json& document, const std::string& origin);

  bool has(const std::string& key) const;
  JsonReader get(const std::string& key);
  std::vector<std::string> keys() const;
  std::size_t length() const;  ///< of an array
  JsonReader at(std::size_t index) const;

  std::string text() const;
  std::size_t size() const;  ///< a whole number >= 0
  bool flag() const;
  std::vector<float> floats() const;
  /// Index of the value among `words`.
  std::size_t word(const std::vector<std::string>& words) const;

  /// Throws where the object has keys that nobody has asked for.
  void finish() const;
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  JsonReader(const Json& value, const std::string& origin, std::string path);
  void require(bool is_kind, const char* kind) const;

  const Json* value_;
  const std::string* origin_;
  std::string path_;
  std::set<std::string> known_;
};

}  // namespace octet::recipe
