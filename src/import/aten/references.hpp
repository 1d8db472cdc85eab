#pragma once

#include <type_traits>
#include <variant>

#include "import/aten/program.hpp"

namespace octet::importer::aten {

/// Calls `visit(std::string& name)` (const where the argument is) for every value that the argument
/// reads.
template <class AnyArgument, class Visit>
void for_each_reference(AnyArgument& argument, Visit visit) {
  std::visit(
      [&](auto& value) {
        using T = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<T, ValueRef>) {
          visit(value.name);
        } else if constexpr (std::is_same_v<T, std::vector<ValueRef>>) {
          for (auto& item : value) visit(item.name);
        } else if constexpr (std::is_same_v<T, OptionalRefs>) {
          for (auto& item : value.items)
            if (item) visit(item->name);
        } else if constexpr (std::is_same_v<T, SymInt>) {
          if (!value.value) visit(value.name);
        } else if constexpr (std::is_same_v<T, std::vector<SymInt>>) {
          for (auto& item : value)
            if (!item.value) visit(item.name);
        }
      },
      argument);
}

}  // namespace octet::importer::aten
