#include "import/pt2/signature.hpp"

#include <algorithm>
#include <set>

#include "import/aten/captured.hpp"
#include "import/aten/functionalize.hpp"
#include "import/pt2/graph.hpp"
#include "import/pt2/tree.hpp"

namespace octet::importer::pt2 {
namespace {

class SignatureReader {
 public:
  SignatureReader(const View& graph_module, const Tensors& tensors, const Bounds& bounds,
                  const std::filesystem::path& file, aten::Program& program)
      : module_(graph_module),
        graph_(graph_module.at("graph")),
        tensors_(tensors),
        bounds_(bounds),
        file_(file),
        program_(program) {}

  void read() {
    const View signature = module_.at("signature");
    read_call();
    const View inputs = signature.at("input_specs");
    for (std::size_t i = 0; i < inputs.size(); ++i) read_input(inputs.item(i));
    const View outputs = signature.at("output_specs");
    for (std::size_t i = 0; i < outputs.size(); ++i) read_output(outputs.item(i));
    if (program_.outputs.empty()) signature.fail("the program has no output");
  }

 private:
  /// Names from the signature of the user's `forward`.
  void read_call() {
    if (!module_.has("module_call_graph")) return;
    const View calls = module_.at("module_call_graph");
    if (calls.size() == 0 || !calls.item(0).has("signature")) return;
    const View signature = calls.item(0).at("signature");
    const auto paths = [&](const char* key) {
      if (!signature.has(key)) return std::vector<std::string>();
      const Document tree(file_, std::string("models/*.json: ") + key, signature.at(key).text());
      return leaf_paths(View(tree));
    };
    input_names_ = paths("in_spec");
    output_names_ = paths("out_spec");
    std::vector<std::string> arguments;
    if (signature.has("forward_arg_names")) {
      const View names = signature.at("forward_arg_names");
      for (std::size_t i = 0; i < names.size(); ++i) arguments.push_back(names.item(i).text());
    }
    // Paths begin with 0 (positional) or 1 (by keyword), then the position or the keyword.
    for (std::string& path : input_names_) {
      const std::size_t dot = path.find('.');
      if (dot == std::string::npos) continue;
      const bool is_positional = path.substr(0, dot) == "0";
      path.erase(0, dot + 1);
      if (!is_positional) continue;
      const std::size_t end = std::min(path.find('.'), path.size());
      const std::size_t index = std::stoul(path.substr(0, end));
      if (index < arguments.size()) path.replace(0, end, arguments[index]);
    }
  }

  void read_input(const View& spec) {
    const auto [kind, value] = spec.tagged();
    if (kind == "user_input" || kind == "constant_input") {
      const std::size_t index = user_inputs_++;
      const std::string path = index < input_names_.size() ? input_names_[index] : "";
      if (kind == "constant_input")
        return fixed_input(path.empty() ? value.at("name").text() : path);
      read_user_input(value.at("arg"), path);
    } else if (kind == "parameter") {
      add_weight(value, "parameter_name");
    } else if (kind == "buffer") {
      add_weight(value, "buffer_name");
    } else if (kind == "tensor_constant") {
      add_weight(value, "tensor_constant_name");
    } else if (kind == "custom_obj") {
      spec.fail("the program holds a pickled object '" + value.at("custom_obj_name").text() +
                    "', which cannot be read without running its code",
                ErrorCode::unsupported_model);
    } else {
      spec.fail("an input of the kind '" + kind + "' cannot be read", ErrorCode::unsupported_model);
    }
  }

  void read_user_input(const View& argument, const std::string& path) {
    const auto [kind, value] = argument.tagged();
    std::string name;
    if (kind == "as_tensor")
      name = value.at("name").text();
    else if (kind == "as_sym_int" || kind == "as_sym_float" || kind == "as_sym_bool")
      name = value.at("as_name").text();
    else
      return fixed_input(path);
    program_.inputs.push_back(
        {name, path.empty() ? name : path, value_meta(graph_, kind, name, bounds_)});
  }

  void fixed_input(const std::string& name) {
    program_.diagnostics.push_back(aten::fixed_input(name));
  }

  void add_weight(const View& spec, const char* key) {
    aten::Weight weight;
    weight.name = spec.at("arg").at("name").text();
    weight.qualified_name = spec.at(key).text();
    const ov::Tensor* tensor = tensors_.find(weight.qualified_name);
    if (!tensor && tensors_.is_pickled(weight.qualified_name))
      spec.fail("the weight '" + weight.qualified_name +
                    "' is a pickled object, which cannot be read without running its code",
                ErrorCode::unsupported_model);
    if (!tensor)
      spec.fail("the weight '" + weight.qualified_name + "' is not in the archive",
                ErrorCode::corrupt_archive);
    const auto meta = value_meta(graph_, "as_tensor", weight.name, bounds_);
    if (meta.type != tensor->get_element_type() || !meta.shape.compatible(tensor->get_shape()))
      spec.fail("the weight '" + weight.qualified_name + "' is stored as " +
                    tensor->get_element_type().to_string() + " " + tensor->get_shape().to_string() +
                    ", but the program reads " + meta.type.to_string() + " " +
                    meta.shape.to_string(),
                ErrorCode::weight_mismatch);
    weight.data = *tensor;
    program_.weights.push_back(std::move(weight));
  }

  void read_output(const View& spec) {
    const auto [kind, value] = spec.tagged();
    if (kind == "user_output" || kind == "loss_output") {
      const std::size_t index = user_outputs_++;
      std::string path = index < output_names_.size() ? output_names_[index] : "";
      if (path.empty()) path = output_names_.size() > 1 ? std::to_string(index) : "output";
      if (kind == "loss_output") {
        program_.outputs.push_back({value.at("arg").at("name").text(), path});
        return;
      }
      const auto [argument_kind, argument] = value.at("arg").tagged();
      if (argument_kind == "as_tensor") {
        program_.outputs.push_back({argument.at("name").text(), path});
      } else if (argument_kind == "as_sym_int" && argument.has("as_name")) {
        program_.outputs.push_back({argument.at("as_name").text(), path});
      } else if (argument_kind == "as_none") {
        program_.outputs.push_back({"", path});
      } else {
        program_.diagnostics.push_back(aten::constant_output(path));
      }
      return;
    }
    if (kind == "token") return;
    for (const char* key : {"buffer_name", "parameter_name", "user_input_name"})
      if (value.has(key)) {
        program_.diagnostics.push_back(aten::state_dropped(value.at(key).text()));
        return;
      }
    spec.fail("an output of the kind '" + kind + "' cannot be read", ErrorCode::unsupported_model);
  }

  View module_, graph_;
  const Tensors& tensors_;
  const Bounds& bounds_;
  const std::filesystem::path& file_;
  aten::Program& program_;
  std::vector<std::string> input_names_, output_names_;
  std::size_t user_inputs_ = 0, user_outputs_ = 0;
};

}  // namespace

void read_signature(const View& graph_module, const Tensors& tensors, const Bounds& bounds,
                    const std::filesystem::path& file, aten::Program& program) {
  SignatureReader(graph_module, tensors, bounds, file, program).read();
}

}  // namespace octet::importer::pt2
