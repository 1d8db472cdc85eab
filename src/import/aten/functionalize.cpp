#include "import/aten/functionalize.hpp"
namespace octet::importer::aten {
Program functionalize(const Program& program) {
  return program;
}
}  // namespace octet::importer::aten
