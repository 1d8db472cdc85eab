#include "import/pt2/reader.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/text.hpp"
#include "import/pt2/graph.hpp"
#include "import/pt2/json.hpp"
#include "import/pt2/signature.hpp"
#include "import/pt2/tensors.hpp"
#include "io/zip.hpp"

namespace octet::importer::pt2 {
namespace {

// The version of torch's schema that this reads; torch raises the minor number for additions.
constexpr int schema_major = 8;
constexpr int schema_minor = 20;
constexpr std::uint64_t largest_program = std::uint64_t{1} << 30;

/// Archives that are something else, by an entry that only they have.
struct OtherArchive {
  const char* suffix;
  ErrorCode code;
  const char* problem;
};
constexpr std::array other_archives = {
    OtherArchive{"serialized_exported_program.json", ErrorCode::unsupported_version,
                 "this exported program was saved by a torch before 2.8"},
    OtherArchive{"constants.pkl", ErrorCode::unknown_format, "this is a TorchScript archive"},
    OtherArchive{"data.pkl", ErrorCode::unknown_format,
                 "this is a checkpoint of torch.save: it holds weights but no program"},
    OtherArchive{".wrapper.so", ErrorCode::unknown_format,
                 "this is an AOTInductor package: it holds compiled code but no program"},
};

/// The one entry `<root>/models/<name>.json`.
struct ProgramEntry {
  std::string root, name;
};

ProgramEntry find_program(const io::ZipArchive& archive) {
  const std::string folder = "models/", ending = ".json";
  std::vector<ProgramEntry> found;
  for (const auto& [entry, info] : archive.entries()) {
    const std::size_t at = entry.starts_with(folder) ? 0 : entry.find("/" + folder);
    if (at == std::string::npos || !entry.ends_with(ending)) continue;
    const std::size_t start = (at ? at + 1 : 0) + folder.size();
    const std::string name = entry.substr(start, entry.size() - ending.size() - start);
    if (!name.empty() && name.find('/') == std::string::npos)
      found.push_back({entry.substr(0, start - folder.size()), name});
  }
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const ProgramEntry& entry : found) names.push_back("'" + entry.name + "'");
  if (!names.empty())
    throw Error(ErrorCode::unsupported_model, "import", archive.path().string(),
                "the archive holds several programs: " + core::join_words(names),
                "Save each with torch.export.save to a file of its own");
  for (const OtherArchive& other : other_archives)
    for (const auto& [entry, info] : archive.entries())
      if (entry.ends_with(other.suffix))
        throw Error(other.code, "import", archive.path().string(), other.problem,
                    "Capture the model with torch.export.export and save it with "
                    "torch.export.save (torch 2.13)");
  throw Error(ErrorCode::unknown_format, "import", archive.path().string(),
              "the archive holds no exported program (no entry models/*.json)",
              "Save the model with torch.export.save (torch 2.13)");
}

void check_archive(const io::ZipArchive& archive, const std::string& root) {
  const auto text = [&](const char* entry) {
    const std::string name = root + entry;
    return archive.contains(name) ? std::string(archive.read(name, 4096).text()) : std::string();
  };
  if (const std::string order = text("byteorder"); !order.empty() && order != "little")
    throw Error(ErrorCode::unsupported_version, "import", archive.path().string(),
                "the weights are in byte order '" + order + "'",
                "Save the model on a little-endian machine");
  if (const std::string version = text("archive_version"); !version.empty() && version != "0")
    throw Error(ErrorCode::unsupported_version, "import", archive.path().string(),
                "the archive is of version " + version + "; version 0 can be read",
                "Save the model with torch 2.13");
}

void check_version(const Document& document, aten::Program& program) {
  const View root(document);
  if (!root.has("schema_version"))
    document.fail(ErrorCode::corrupt_program, "", "it is not a program of torch.export",
                  "Save the model with torch.export.save (torch 2.13)");
  const View version = root.at("schema_version");
  const std::int64_t major = version.at("major").integer(), minor = version.at("minor").integer();
  const std::string torch = root.has("torch_version") ? root.at("torch_version").text() : "unknown";
  if (major != schema_major)
    document.fail(ErrorCode::unsupported_version, "schema_version",
                  "the program is of schema " + std::to_string(major) + "." +
                      std::to_string(minor) + " (torch " + torch + "); schema " +
                      std::to_string(schema_major) + ".x can be read",
                  "Save the model with torch 2.13");
  if (minor > schema_minor)
    program.diagnostics.push_back(
        {Diagnostic::Severity::warning, "import", "newer_schema", program.origin,
         "the program is of schema " + std::to_string(major) + "." + std::to_string(minor) +
             " (torch " + torch + "), newer than 8.20, which was tested",
         "Compare the converted model's results with the original's"});
}

Bounds read_bounds(const View& root) {
  Bounds bounds;
  if (!root.has("range_constraints")) return bounds;
  constexpr std::int64_t unbounded = std::int64_t{1} << 31;
  for (const auto& [symbol, range] : root.at("range_constraints").members())
    if (range.has("max_val") && range.at("max_val").json().is_number_integer())
      if (const std::int64_t most = range.at("max_val").integer(); most > 0 && most < unbounded)
        bounds[symbol] = most;
  return bounds;
}

}  // namespace

aten::Program read(const std::filesystem::path& path) {
  const io::ZipArchive archive("import", path);
  const ProgramEntry entry = find_program(archive);
  check_archive(archive, entry.root);
  const std::string name = entry.root + "models/" + entry.name + ".json";
  const io::ZipBytes text = archive.read(name, largest_program);
  const Document document(path, name, text.text());

  aten::Program program;
  program.origin = path.string();
  check_version(document, program);
  const View root(document);
  const Bounds bounds = read_bounds(root);
  const View module = root.at("graph_module");

  Tensors tensors;
  const std::string weights = entry.root + "data/weights/";
  const std::string constants = entry.root + "data/constants/";
  tensors.read(archive, weights, weights + entry.name + "_weights_config.json");
  tensors.read(archive, constants, constants + entry.name + "_constants_config.json");
  read_signature(module, tensors, bounds, path, program);
  Nodes nodes = read_nodes(module.at("graph"), bounds);
  program.nodes = std::move(nodes.items);
  for (aten::Output& output : program.outputs)
    if (const auto found = nodes.renamed.find(output.name); found != nodes.renamed.end())
      output.name = found->second;
  program.owner = tensors.owner();
  return program;
}

}  // namespace octet::importer::pt2
