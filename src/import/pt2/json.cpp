#include "import/pt2/json.hpp"

#include <limits>

namespace octet::importer::pt2 {
namespace {

constexpr int deepest = 200;
// The largest program seen, of some 10,000 nodes, has two million. A value takes tens of bytes once
// it is parsed, so a file of "0,0,0,…" would take many times its size.
constexpr std::size_t most_values = 40'000'000;

struct TooDeep {};
struct TooMany {};

}  // namespace

Document::Document(const std::filesystem::path& archive, std::string entry, std::string_view text)
    : where_(archive.string() + ", entry '" + entry + "'") {
  std::size_t values = 0;
  const auto check = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > deepest) throw TooDeep{};
    if (++values > most_values) throw TooMany{};
    return true;
  };
  try {
    root_ = nlohmann::json::parse(text, check);
  } catch (const TooDeep&) {
    fail(ErrorCode::corrupt_program, "", "its JSON is nested too deeply");
  } catch (const TooMany&) {
    fail(ErrorCode::corrupt_program, "",
         "its JSON holds more than " + std::to_string(most_values) + " values");
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::corrupt_program, "", std::string("it is not valid JSON: ") + error.what());
  }
}

void Document::fail(ErrorCode code, const std::string& place, const std::string& problem,
                    const std::string& remedy) const {
  throw Error(code, "import", where_, place.empty() ? problem : "at " + place + ": " + problem,
              remedy);
}

void View::fail(const std::string& problem, ErrorCode code) const {
  document_->fail(code, place_, problem);
}

bool View::has(const char* key) const {
  if (!json_->is_object()) return false;
  const auto found = json_->find(key);
  return found != json_->end() && !found->is_null();
}

View View::at(const char* key) const {
  if (!json_->is_object()) fail("it is not an object");
  const auto found = json_->find(key);
  if (found == json_->end()) fail(std::string("'") + key + "' is missing");
  return {document_, &*found, place_.empty() ? key : place_ + "." + key};
}

View View::item(std::size_t index) const {
  if (index >= size()) fail("item " + std::to_string(index) + " is missing");
  return {document_, &(*json_)[index], place_ + "[" + std::to_string(index) + "]"};
}

std::size_t View::size() const {
  if (!json_->is_array()) fail("it is not a list");
  return json_->size();
}

std::vector<std::pair<std::string, View>> View::members() const {
  if (!json_->is_object()) fail("it is not an object");
  std::vector<std::pair<std::string, View>> all;
  for (const auto& [key, value] : json_->items())
    all.emplace_back(key, View(document_, &value, place_ + "." + key));
  return all;
}

std::string View::text() const {
  if (!json_->is_string()) fail("it is not text");
  return json_->get<std::string>();
}

std::int64_t View::integer() const {
  if (!json_->is_number_integer()) fail("it is not an integer");
  if (json_->is_number_unsigned() &&
      json_->get<std::uint64_t>() >
          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    fail("the integer is too large");
  return json_->get<std::int64_t>();
}

double View::number() const {
  if (json_->is_number()) return json_->get<double>();
  if (json_->is_string()) {
    const auto word = json_->get<std::string>();
    if (word == "Infinity") return std::numeric_limits<double>::infinity();
    if (word == "-Infinity") return -std::numeric_limits<double>::infinity();
    if (word == "NaN") return std::numeric_limits<double>::quiet_NaN();
  }
  fail("it is not a number");
}

bool View::boolean() const {
  if (!json_->is_boolean()) fail("it is not true or false");
  return json_->get<bool>();
}

std::pair<std::string, View> View::tagged() const {
  const std::string* kind = nullptr;
  const nlohmann::json* value = nullptr;
  if (json_->is_object())
    for (auto member = json_->begin(); member != json_->end(); ++member) {
      if (member->is_null()) continue;
      if (kind) fail("it is of two kinds at once");
      kind = &member.key();
      value = &*member;
    }
  if (!kind) fail("it is of no kind");
  return {*kind, View(document_, value, place_ + "." + *kind)};
}

}  // namespace octet::importer::pt2
