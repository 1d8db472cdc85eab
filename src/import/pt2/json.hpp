#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "octet/error.hpp"

namespace octet::importer::pt2 {

/// A JSON document of unknown origin, with where it came from, for messages.
class Document {
 public:
  /// Refuses what is not JSON and nesting beyond 200 levels. Throws `Error` (corrupt_program).
  Document(const std::filesystem::path& archive, std::string entry, std::string_view text);

  const nlohmann::json& root() const { return root_; }
  /// Throws `Error`: file and entry, then the place inside.
  [[noreturn]] void fail(ErrorCode code, const std::string& place, const std::string& problem,
                         const std::string& remedy = "Export and save the model again") const;

 private:
  std::string where_;
  nlohmann::json root_;
};

/// A value inside a document. Every access checks the kind; a failure names the place.
class View {
 public:
  explicit View(const Document& document) : document_(&document), json_(&document.root()) {}

  const nlohmann::json& json() const { return *json_; }
  const std::string& place() const { return place_; }
  bool has(const char* key) const;  ///< present and not null
  View at(const char* key) const;   ///< fails where missing
  View item(std::size_t index) const;
  std::size_t size() const;  ///< of a list
  /// Members of an object.
  std::vector<std::pair<std::string, View>> members() const;

  std::string text() const;
  std::int64_t integer() const;
  double number() const;  ///< also torch's spelling of infinity and NaN as text
  bool boolean() const;
  /// The single key of a tagged union, `as_tensor` of `{"as_tensor": …}`; keys with null are left
  /// out.
  std::pair<std::string, View> tagged() const;

  [[noreturn]] void fail(const std::string& problem,
                         ErrorCode code = ErrorCode::corrupt_program) const;

 private:
  View(const Document* document, const nlohmann::json* json, std::string place)
      : document_(document), json_(json), place_(std::move(place)) {}

  const Document* document_;
  const nlohmann::json* json_;
  std::string place_;
};

}  // namespace octet::importer::pt2
