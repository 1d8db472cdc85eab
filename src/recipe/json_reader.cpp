#include "recipe/json_reader.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "octet/error.hpp"

namespace octet::recipe {
namespace {

[[noreturn]] void refuse(const std::string& origin, const std::string& problem) {
  throw Error(ErrorCode::recipe_invalid, "recipe", origin.empty() ? "" : "file '" + origin + "'",
              problem, "Quantize again to get a fresh recipe, or mend the file at that place");
}

}  // namespace

std::string dump(const Json& json, int indent) {
  try {
    return json.dump(indent);
  } catch (const Json::exception&) {
    refuse("", "a name in the recipe is not valid UTF-8 and cannot be written as JSON");
  }
}

Json parse(const std::string& text, const std::string& origin) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t place = std::min<std::size_t>(error.byte, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + place, '\n');
    refuse(origin, "it is not valid JSON: the mistake is in line " + std::to_string(line));
  } catch (const Json::exception& error) {
    refuse(origin, "it is not valid JSON: it holds a number that is out of range");
  }
}

JsonReader::JsonReader(const Json& document, const std::string& origin)
    : JsonReader(document, origin, "") {}

JsonReader::JsonReader(const Json& value, const std::string& origin, std::string path)
    : value_(&value), origin_(&origin), path_(std::move(path)) {}

void JsonReader::fail(const std::string& problem) const {
  refuse(*origin_, "at " + (path_.empty() ? "the top" : "'" + path_ + "'") + ": " + problem);
}

void JsonReader::require(bool is_kind, const char* kind) const {
  if (!is_kind) fail(std::string("expected ") + kind + ", found " + value_->type_name());
}

bool JsonReader::has(const std::string& key) const {
  require(value_->is_object(), "an object");
  return value_->contains(key);
}

JsonReader JsonReader::get(const std::string& key) {
  if (!has(key)) fail("key '" + key + "' is missing");
  known_.insert(key);
  return {value_->at(key), *origin_, path_.empty() ? key : path_ + "." + key};
}

std::vector<std::string> JsonReader::keys() const {
  require(value_->is_object(), "an object");
  std::vector<std::string> keys;
  for (const auto& item : value_->items()) keys.push_back(item.key());
  return keys;
}

std::size_t JsonReader::length() const {
  require(value_->is_array(), "an array");
  return value_->size();
}

JsonReader JsonReader::at(std::size_t index) const {
  return {value_->at(index), *origin_, path_ + "[" + std::to_string(index) + "]"};
}

std::string JsonReader::text() const {
  require(value_->is_string(), "a text");
  return value_->get<std::string>();
}

std::size_t JsonReader::size() const {
  require(value_->is_number_unsigned(), "a whole number");
  return value_->get<std::size_t>();
}

bool JsonReader::flag() const {
  require(value_->is_boolean(), "true or false");
  return value_->get<bool>();
}

std::vector<float> JsonReader::floats() const {
  std::vector<float> values;
  values.reserve(length());
  for (std::size_t i = 0; i < value_->size(); ++i) {
    if (!(*value_)[i].is_number()) at(i).require(false, "a number");
    values.push_back((*value_)[i].get<float>());
  }
  return values;
}

std::size_t JsonReader::word(const std::vector<std::string>& words) const {
  const std::string found = text();
  const auto place = std::find(words.begin(), words.end(), found);
  if (place == words.end()) fail("'" + found + "' is none of " + core::join(words, ", "));
  return static_cast<std::size_t>(place - words.begin());
}

void JsonReader::finish() const {
  for (const std::string& key : keys())
    if (known_.count(key) == 0) fail("key '" + key + "' is unknown");
}

}  // namespace octet::recipe
