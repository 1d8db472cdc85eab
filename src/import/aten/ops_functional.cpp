#include "import/aten/emitter.hpp"

namespace octet::importer::aten {
std::span<const OpRow> functional_rows() {
  return {};
}
}  // namespace octet::importer::aten
