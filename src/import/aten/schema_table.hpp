#pragma once

namespace octet::importer::aten {

/// The text of schemas.txt, embedded by the build.
extern const char* const schema_table;

}  // namespace octet::importer::aten
