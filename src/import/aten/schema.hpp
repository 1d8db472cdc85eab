#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The argument layout of ATen operators, from the table that tools/make_aten_schemas.py prints.
namespace octet::importer::aten {

enum class ArgumentType {
  tensor,
  sym_int,
  integer,
  floating,
  boolean,
  scalar,  ///< a number of any kind
  string,
  scalar_type,
  device,
  layout,
  memory_format,
  generator,
};

/// What an argument is where the call leaves it out. `std::monostate` is None.
using DefaultValue = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                                  std::vector<std::int64_t>>;

struct SchemaArgument {
  std::string name;
  ArgumentType type = ArgumentType::tensor;
  bool is_list = false;
  std::size_t list_size = 1;        ///< how often one number given for the list stands in it
  bool is_optional = false;         ///< None is allowed for the argument as a whole
  bool items_are_optional = false;  ///< `Tensor?[]`
  bool is_written = false;          ///< the operator writes into this tensor
  bool is_aliased = false;          ///< a result may share this tensor's memory
  std::optional<DefaultValue> default_value;  ///< unset: the call must give it
};

struct Schema {
  std::string name;  ///< `aten.conv2d.default`
  std::vector<SchemaArgument> arguments;
  std::vector<std::string> results;  ///< `Tensor`, `Tensor[]`, `SymInt`

  /// Position of the argument, or nothing.
  std::optional<std::size_t> index_of(std::string_view argument) const;
  bool writes() const;  ///< an in-place operator
};

/// Looks up `aten.conv2d.default`; an overload left out means `default`. Null where unknown.
const Schema* find_schema(std::string_view name);

/// Parses one row of the table. Throws `std::invalid_argument` where it does not follow the form.
Schema parse_schema(std::string_view row);

/// Every row, in the table's order.
const std::vector<Schema>& all_schemas();

}  // namespace octet::importer::aten
