#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <openvino/op/constant.hpp>
#include <sstream>

#include "../io/zip_writer.hpp"
#include "import/pt2/reader.hpp"
#include "octet/model.hpp"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using octet::ErrorCode;

json tensor_meta(int dtype, const std::vector<int>& sizes) {
  json shape = json::array(), strides = json::array();
  int stride = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    strides.insert(strides.begin(), json{{"as_int", stride}});
    stride *= sizes[i];
  }
  for (int size : sizes) shape.push_back({{"as_int", size}});
  return {{"dtype", dtype},
          {"sizes", shape},
          {"requires_grad", false},
          {"device", {{"type", "cpu"}, {"index", nullptr}}},
          {"strides", strides},
          {"storage_offset", {{"as_int", 0}}},
          {"layout", 7}};
}

json tensor(const std::string& name) {
  return {{"as_tensor", {{"name", name}}}};
}

/// relu(linear(x, weight, bias)) as torch 2.13 writes it.
json base_program() {
  const std::string source =
      "File \"/models/net.py\", line 7, in forward\n    return self.act(self.fc(x))\n"
      "  File \"/venv/site-packages/torch/nn/modules/linear.py\", line 134, in forward\n";
  const json linear = {
      {"target", "torch.ops.aten.linear.default"},
      {"inputs",
       {{{"name", "input"}, {"arg", tensor("x")}, {"kind", 1}},
        {{"name", "weight"}, {"arg", tensor("p_fc_weight")}, {"kind", 1}},
        {{"name", "bias"}, {"arg", tensor("p_fc_bias")}, {"kind", 1}}}},
      {"outputs", {tensor("linear")}},
      {"metadata",
       {{"stack_trace", source},
        {"nn_module_stack",
         "L__self__,,net.Net;L__self___fc,head.fc@1,torch.nn.modules.linear.Linear"}}},
      {"is_hop_single_tensor_return", nullptr}};
  const json relu = {{"target", "torch.ops.aten.relu.default"},
                     {"inputs", {{{"name", "self"}, {"arg", tensor("linear")}, {"kind", 1}}}},
                     {"outputs", {tensor("relu")}},
                     {"metadata", json::object()}};
  const json graph = {{"inputs", {tensor("p_fc_weight"), tensor("p_fc_bias"), tensor("x")}},
                      {"outputs", {tensor("relu")}},
                      {"nodes", {linear, relu}},
                      {"tensor_values",
                       {{"p_fc_weight", tensor_meta(7, {2, 3})},
                        {"p_fc_bias", tensor_meta(7, {2})},
                        {"x", tensor_meta(7, {4, 3})},
                        {"linear", tensor_meta(7, {4, 2})},
                        {"relu", tensor_meta(7, {4, 2})}}},
                      {"sym_int_values", json::object()},
                      {"sym_bool_values", json::object()}};
  const json signature = {
      {"input_specs",
       {{{"parameter", {{"arg", {{"name", "p_fc_weight"}}}, {"parameter_name", "head.fc.weight"}}}},
        {{"parameter", {{"arg", {{"name", "p_fc_bias"}}}, {"parameter_name", "head.fc.bias"}}}},
        {{"user_input", {{"arg", tensor("x")}}}}}},
      {"output_specs", {{{"user_output", {{"arg", tensor("relu")}}}}}}};
  const json call = {
      {"fqn", ""},
      {"signature",
       {{"inputs", json::array()},
        {"outputs", json::array()},
        {"in_spec", R"([1, {"type": "builtins.tuple", "context": "null", "children_spec": [)"
                    R"({"type": "builtins.tuple", "context": "null", "children_spec": [)"
                    R"({"type": null, "context": null, "children_spec": []}]},)"
                    R"({"type": "builtins.dict", "context": "[]", "children_spec": []}]}])"},
        {"out_spec", R"([1, {"type": null, "context": null, "children_spec": []}])"},
        {"forward_arg_names", {"image"}}}}};
  return {
      {"graph_module", {{"graph", graph}, {"signature", signature}, {"module_call_graph", {call}}}},
      {"opset_version", {{"aten", 10}}},
      {"range_constraints", json::object()},
      {"schema_version", {{"major", 8}, {"minor", 20}}},
      {"torch_version", "2.13.0"}};
}

json base_weights() {
  const auto payload = [](const std::string& path, const json& meta) {
    return json{
        {"path_name", path}, {"is_param", true}, {"use_pickle", false}, {"tensor_meta", meta}};
  };
  return {{"config",
           {{"head.fc.weight", payload("weight_0", tensor_meta(7, {2, 3}))},
            {"head.fc.bias", payload("weight_1", tensor_meta(7, {2}))}}}};
}

std::string floats(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i) - 1;
  return {reinterpret_cast<const char*>(values.data()), count * sizeof(float)};
}

/// Entries of the archive by name; a case changes them.
using Entries = std::map<std::string, std::string>;

Entries entries_of(const json& program, const json& weights) {
  return {{"net/archive_format", "pt2"},
          {"net/archive_version", "0"},
          {"net/byteorder", "little"},
          {"net/models/model.json", program.dump()},
          {"net/data/weights/model_weights_config.json", weights.dump()},
          {"net/data/weights/weight_0", floats(6)},
          {"net/data/weights/weight_1", floats(2)},
          {"net/data/constants/model_constants_config.json", R"({"config": {}})"}};
}

void write_archive(const fs::path& path, const Entries& entries, bool compress = false) {
  std::vector<ZipItem> items;
  for (const auto& [name, bytes] : entries) items.push_back({name, bytes, compress});
  write_zip(path, items);
}

std::string trim(std::string text) {
  text.erase(0, text.find_first_not_of(" \t"));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

/// Lines `program PATCH`, `weights PATCH` (RFC 6902), `entry NAME [TEXT]` (sets), `floats NAME N`,
/// `remove NAME`, then `error CODE`, `says TEXT`, or `input`/`output`/`diagnostic`/`weight NAME`.
struct Case {
  json program = base_program(), weights = base_weights();
  Entries changes;
  std::vector<std::string> removed;
  std::vector<std::pair<std::string, std::string>> expectations;
};

Case read_case(const fs::path& path) {
  Case result;
  std::istringstream lines(read_bytes(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : trim(line.substr(space));
    const std::string name = rest.substr(0, rest.find(' '));
    if (word == "program") {
      result.program = result.program.patch(json::parse(rest));
    } else if (word == "weights") {
      result.weights = result.weights.patch(json::parse(rest));
    } else if (word == "entry") {
      result.changes[name] = trim(rest.substr(name.size()));
    } else if (word == "floats") {
      result.changes[name] = floats(std::stoul(rest.substr(name.size())));
    } else if (word == "remove") {
      result.removed.push_back(name);
    } else {
      result.expectations.emplace_back(word, rest);
    }
  }
  return result;
}

void check_program(const octet::importer::aten::Program& program, const std::string& kind,
                   const std::string& wanted) {
  std::vector<std::string> found;
  if (kind == "input")
    for (const auto& input : program.inputs)
      found.push_back(input.user_name + " " + input.meta.type.to_string() +
                      input.meta.shape.to_string());
  if (kind == "output")
    for (const auto& output : program.outputs)
      found.push_back(output.user_name + " " + (output.name.empty() ? "None" : output.name));
  if (kind == "diagnostic")
    for (const auto& diagnostic : program.diagnostics)
      found.push_back(diagnostic.code + " " + diagnostic.where);
  if (kind == "weight")
    for (const auto& weight : program.weights) {
      std::string text = weight.qualified_name;
      for (std::size_t i = 0; i < weight.data.get_size(); ++i)
        text += " " + std::to_string(static_cast<int>(weight.data.data<float>()[i]));
      found.push_back(text);
    }
  if (kind == "node")
    for (const auto& node : program.nodes) {
      std::string text = node.target;
      for (const auto& output : node.outputs) text += " " + output.name;
      found.push_back(text);
    }
  std::string all;
  for (const std::string& item : found) all += item + "\n";
  CAPTURE(all);
  CHECK(std::ranges::count_if(
            found, [&](const std::string& item) { return item.starts_with(wanted); }) == 1);
}

}  // namespace

TEST_CASE("a program of torch.export is read whole") {
  const TemporaryFolder folder;
  for (const bool compress : {false, true}) {
    CAPTURE(compress);
    const auto path = folder / "net.pt2";
    write_archive(path, entries_of(base_program(), base_weights()), compress);
    const auto program = octet::importer::pt2::read(path);
    CHECK(program.origin == path.string());
    CHECK(program.diagnostics.empty());
    REQUIRE(program.nodes.size() == 2);
    CHECK(program.nodes[0].source.module_path == "head.fc");
    CHECK(program.nodes[0].source.module_class == "torch.nn.modules.linear.Linear");
    CHECK(program.nodes[0].source.source_line == "/models/net.py:7");
    CHECK(program.nodes[0].source.op_type == "aten.linear.default");
    check_program(program, "input", "image f32[4,3]");
    check_program(program, "output", "output relu");
    check_program(program, "weight", "head.fc.weight -1 0 1 2 3 4");

    const octet::Model model = octet::load(path);
    CHECK(model.format == "pt2");
    CHECK(model.graph->input("image").get_names().contains("x"));
    CHECK(model.sources.describe("linear") == "node 'head.fc' (net.py:7)");
  }
}

/// The address lies where the file is mapped (Linux lists the mappings).
bool is_mapped(const fs::path& file, const void* address) {
  std::istringstream maps(read_bytes("/proc/self/maps"));
  for (std::string line; std::getline(maps, line);) {
    if (line.find(file.string()) == std::string::npos) continue;
    const std::size_t dash = line.find('-');
    const auto first = std::stoull(line.substr(0, dash), nullptr, 16);
    const auto last = std::stoull(line.substr(dash + 1), nullptr, 16);
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    if (at >= first && at < last) return true;
  }
  return false;
}

TEST_CASE("stored weights are read where the file is mapped") {
  const TemporaryFolder folder;
  int mapped = 0;
  // torch aligns what it stores; here one of four paddings does.
  for (std::size_t padding = 0; padding < 4; ++padding) {
    Entries entries = entries_of(base_program(), base_weights());
    entries["a"] = std::string(padding, ' ');
    const auto path = folder / ("net" + std::to_string(padding) + ".pt2");
    write_archive(path, entries);
    const octet::Model model = octet::load(path);
    for (const auto& node : model.graph->get_ordered_ops())
      if (node->get_friendly_name() == "head.fc.weight")
        mapped += is_mapped(path, ov::as_type_ptr<ov::op::v0::Constant>(node)->get_data_ptr());
  }
  CHECK(mapped == 1);
}

TEST_CASE("archives are read or refused as their cases say") {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(OCTET_CASES) / "pt2"))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::ranges::sort(files);
  REQUIRE(files.size() > 20);
  for (const fs::path& file : files) {
    const std::string case_name = file.filename().string();
    CAPTURE(case_name);
    const Case given = read_case(file);
    REQUIRE_FALSE(given.expectations.empty());
    Entries entries = entries_of(given.program, given.weights);
    for (const auto& [name, bytes] : given.changes) entries[name] = bytes;
    for (const std::string& name : given.removed) entries.erase(name);
    const TemporaryFolder folder;
    const auto path = folder / "net.pt2";
    write_archive(path, entries);
    if (given.expectations.front().first != "error") {
      octet::importer::aten::Program program;
      CHECK_NOTHROW(program = octet::importer::pt2::read(path));
      for (const auto& [kind, wanted] : given.expectations) check_program(program, kind, wanted);
      continue;
    }
    std::string message = "no error", code;
    try {
      octet::importer::pt2::read(path);
    } catch (const octet::Error& error) {
      message = error.what();
      code = octet::name_of(error.code());
    }
    CAPTURE(message);
    CHECK(code == given.expectations.front().second);
    CHECK(message.find("net.pt2") != std::string::npos);
    for (std::size_t i = 1; i < given.expectations.size(); ++i)
      CHECK(message.find(given.expectations[i].second) != std::string::npos);
  }
}

TEST_CASE("a program cut short anywhere is refused") {
  const TemporaryFolder folder;
  const std::string text = base_program().dump();
  for (std::size_t size = 0; size < text.size(); size += 97) {
    CAPTURE(size);
    Entries entries = entries_of(base_program(), base_weights());
    entries["net/models/model.json"] = text.substr(0, size);
    write_archive(folder / "net.pt2", entries);
    CHECK_THROWS_WITH(octet::importer::pt2::read(folder / "net.pt2"),
                      doctest::Contains("it is not valid JSON"));
  }
}

TEST_CASE("a program nested without end is refused") {
  const TemporaryFolder folder;
  Entries entries = entries_of(base_program(), base_weights());
  entries["net/models/model.json"] = std::string(1000000, '[');
  write_archive(folder / "net.pt2", entries);
  CHECK_THROWS_WITH(octet::importer::pt2::read(folder / "net.pt2"),
                    doctest::Contains("nested too deeply"));
}

TEST_CASE("no value of a program of the wrong kind gets through to a crash") {
  const json program = base_program();
  const json flat = program.flatten();
  const TemporaryFolder folder;
  for (const auto& [pointer, value] : flat.items())
    for (const json& wrong :
         {json(nullptr), json("text"), json(-1), json(1e300), json::array(), json::object()}) {
      CAPTURE(pointer);
      CAPTURE(wrong.dump());
      json changed = program;
      changed[json::json_pointer(pointer)] = wrong;
      write_archive(folder / "net.pt2", entries_of(changed, base_weights()));
      try {
        octet::load(folder / "net.pt2");
      } catch (const octet::Error& error) {
        CHECK(error.stage() == "import");
      }
    }
}
