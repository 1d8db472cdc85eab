#include "import/aten/schema.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <unordered_map>

#include "import/aten/schema_table.hpp"

namespace octet::importer::aten {
namespace {

struct TypeName {
  std::string_view name;
  ArgumentType type;
};

constexpr std::array type_names = {
    TypeName{"Tensor", ArgumentType::tensor},
    TypeName{"SymInt", ArgumentType::sym_int},
    TypeName{"int", ArgumentType::integer},
    TypeName{"float", ArgumentType::floating},
    TypeName{"bool", ArgumentType::boolean},
    TypeName{"Scalar", ArgumentType::scalar},
    TypeName{"str", ArgumentType::string},
    TypeName{"ScalarType", ArgumentType::scalar_type},
    TypeName{"Device", ArgumentType::device},
    TypeName{"Layout", ArgumentType::layout},
    TypeName{"MemoryFormat", ArgumentType::memory_format},
    TypeName{"Generator", ArgumentType::generator},
};

[[noreturn]] void fail(std::string_view row, const char* problem) {
  throw std::invalid_argument(std::string(problem) + " in schema row: " + std::string(row));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

DefaultValue parse_default(std::string_view text, const SchemaArgument& argument,
                           std::string_view row) {
  if (text == "None") return std::monostate{};
  if (text == "True") return true;
  if (text == "False") return false;
  if (text.size() >= 2 && text.front() == '"') return std::string(text.substr(1, text.size() - 2));
  if (text.size() >= 2 && text.front() == '[') {
    std::vector<std::int64_t> items;
    const std::string_view inside = text.substr(1, text.size() - 2);
    if (inside.empty()) return items;
    for (std::string_view item : split(inside, ',')) {
      while (item.starts_with(' ')) item.remove_prefix(1);
      const auto number = parse_number<std::int64_t>(item);
      if (!number) fail(row, "a list default that is not of integers");
      items.push_back(*number);
    }
    return items;
  }
  if (argument.type != ArgumentType::floating)
    if (const auto number = parse_number<std::int64_t>(text)) {
      if (argument.is_list) return std::vector<std::int64_t>(argument.list_size, *number);
      return *number;
    }
  if (const auto number = parse_number<double>(text)) return *number;
  fail(row, "an unknown default");
}

SchemaArgument parse_argument(std::string_view text, std::string_view row) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) fail(row, "an argument without a type");
  SchemaArgument argument;
  argument.name = text.substr(0, colon);
  std::string_view kind = text.substr(colon + 1);
  std::optional<std::string_view> default_text;
  if (const std::size_t equals = kind.find('='); equals != std::string_view::npos) {
    default_text = kind.substr(equals + 1);
    kind = kind.substr(0, equals);
  }
  const std::size_t base_end = std::min(kind.find_first_of("([?"), kind.size());
  const auto found = std::ranges::find(type_names, kind.substr(0, base_end), &TypeName::name);
  if (found == type_names.end()) fail(row, "an unknown type");
  argument.type = found->type;
  std::string_view rest = kind.substr(base_end);
  if (rest.starts_with('(')) {
    const std::size_t close = rest.find(')');
    if (close == std::string_view::npos) fail(row, "an open parenthesis");
    argument.is_aliased = true;
    argument.is_written = rest.substr(0, close).ends_with('!');
    rest.remove_prefix(close + 1);
  }
  const bool question = rest.starts_with('?');
  if (question) rest.remove_prefix(1);
  if (rest.starts_with('[')) {
    argument.is_list = true;
    argument.items_are_optional = question;
    argument.is_optional = rest.ends_with('?');
    argument.list_size = parse_number<std::size_t>(rest.substr(1, rest.find(']') - 1)).value_or(1);
  } else {
    argument.is_optional = question;
  }
  if (default_text) argument.default_value = parse_default(*default_text, argument, row);
  return argument;
}

const std::unordered_map<std::string_view, const Schema*>& index() {
  static const auto names = [] {
    std::unordered_map<std::string_view, const Schema*> map;
    for (const Schema& schema : all_schemas()) map.emplace(schema.name, &schema);
    return map;
  }();
  return names;
}

}  // namespace

std::optional<std::size_t> Schema::index_of(std::string_view argument) const {
  const auto found = std::ranges::find(arguments, argument, &SchemaArgument::name);
  if (found == arguments.end()) return std::nullopt;
  return static_cast<std::size_t>(found - arguments.begin());
}

bool Schema::writes() const {
  return std::ranges::any_of(arguments, &SchemaArgument::is_written);
}

Schema parse_schema(std::string_view row) {
  const auto fields = split(row, '|');
  if (fields.size() < 2 || !fields.back().starts_with("->")) fail(row, "no result");
  Schema schema;
  schema.name = fields.front();
  for (std::size_t i = 1; i + 1 < fields.size(); ++i)
    schema.arguments.push_back(parse_argument(fields[i], row));
  const std::string_view results = fields.back().substr(2);
  if (results.empty()) return schema;
  for (std::string_view result : split(results, ',')) {
    std::string kind(result);
    if (const std::size_t open = kind.find('('); open != std::string::npos)
      kind.erase(open, kind.find(')') - open + 1);
    schema.results.push_back(std::move(kind));
  }
  return schema;
}

const std::vector<Schema>& all_schemas() {
  static const std::vector<Schema> schemas = [] {
    std::vector<Schema> all;
    for (std::string_view row : split(schema_table, '\n'))
      if (!row.empty() && !row.starts_with('#')) all.push_back(parse_schema(row));
    return all;
  }();
  return schemas;
}

const Schema* find_schema(std::string_view name) {
  const auto found = index().find(name);
  if (found != index().end()) return found->second;
  if (std::ranges::count(name, '.') != 1) return nullptr;
  const auto whole = index().find(std::string(name) + ".default");
  return whole == index().end() ? nullptr : whole->second;
}

}  // namespace octet::importer::aten
