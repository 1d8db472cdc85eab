#include "unit/graph/text_model.hpp"

#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <openvino/core/attribute_visitor.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/sink.hpp>
#include <openvino/opsets/opset.hpp>

namespace octet::tests {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  // Separators within brackets do not count.
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '[' || c == '{' || c == '(';
    depth -= c == ']' || c == '}' || c == ')';
    if (c == separator && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  std::erase(parts, "");
  return parts;
}

std::string trim(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

template <typename Number>
std::vector<Number> numbers(const std::string& text) {
  std::vector<Number> result;
  for (const std::string& part : split(text, ',')) {
    std::istringstream stream(part);
    Number number;
    stream >> number;
    result.push_back(number);
  }
  return result;
}

/// Sets a node's attributes from `key=value` words.
class Attributes : public ov::AttributeVisitor {
 public:
  explicit Attributes(std::map<std::string, std::string> words) : words_(std::move(words)) {}

  void on_adapter(const std::string& name, ov::ValueAccessor<void>&) override { take(name); }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::string>& adapter) override {
    if (const auto word = take(name)) adapter.set(*word);
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<bool>& adapter) override {
    if (const auto word = take(name)) adapter.set(*word == "true" || *word == "1");
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::int64_t>& adapter) override {
    if (const auto word = take(name)) adapter.set(std::stoll(*word));
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<double>& adapter) override {
    if (const auto word = take(name)) adapter.set(std::stod(*word));
  }
  void on_adapter(const std::string& name,
                  ov::ValueAccessor<std::vector<std::int64_t>>& adapter) override {
    if (const auto word = take(name)) adapter.set(numbers<std::int64_t>(*word));
  }
  void on_adapter(const std::string& name,
                  ov::ValueAccessor<std::vector<std::uint64_t>>& adapter) override {
    if (const auto word = take(name)) adapter.set(numbers<std::uint64_t>(*word));
  }
  void on_adapter(const std::string& name,
                  ov::ValueAccessor<std::vector<std::string>>& adapter) override {
    if (const auto word = take(name)) adapter.set(split(*word, ','));
  }
  void check_all_taken(const std::string& line) const {
    if (!words_.empty())
      throw std::runtime_error("no attribute '" + words_.begin()->first + "' in: " + line);
  }

 private:
  std::optional<std::string> take(const std::string& name) {
    const auto found = words_.find(name);
    if (found == words_.end()) return std::nullopt;
    std::string word = found->second;
    words_.erase(found);
    return word;
  }
  std::map<std::string, std::string> words_;
};

class Parser {
 public:
  Model parse(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      line = trim(line.substr(0, line.find('#')));
      if (line.empty()) continue;
      if (line[0] == '@')
        add_source(line);
      else
        add_node(line);
    }
    model_.graph = std::make_shared<ov::Model>(results_, sinks_, parameters_, "text");
    model_.format = "ov_model";
    return std::move(model_);
  }

 private:
  void add_source(const std::string& line) {
    std::istringstream words(line.substr(1));
    std::string name, word;
    words >> name;
    SourceInfo info;
    while (words >> word) {
      const std::size_t equals = word.find('=');
      const std::string key = word.substr(0, equals), value = word.substr(equals + 1);
      (key == "value"    ? info.value_name
       : key == "module" ? info.module_path
       : key == "class"  ? info.module_class
       : key == "line"   ? info.source_line
                         : info.op_type) = value;
    }
    model_.sources.set(name, info);
  }

  static ov::PartialShape shape_of(const std::string& text) {
    const std::size_t begin = text.find('[');
    const std::string inner = text.substr(begin + 1, text.find(']') - begin - 1);
    std::vector<ov::Dimension> dimensions;
    for (const std::string& part : split(inner, ','))
      dimensions.push_back(part == "?" ? ov::Dimension() : ov::Dimension(std::stoll(part)));
    return dimensions;
  }

  ov::Output<ov::Node> operand(const std::string& text, const std::string& name) {
    if (const std::size_t brace = text.find('{'); brace != std::string::npos) {
      const auto values = numbers<std::int64_t>(text.substr(brace + 1, text.size() - brace - 2));
      return named(ov::op::v0::Constant::create(ov::element::Type(text.substr(0, brace)),
                                                ov::Shape{values.size()}, values),
                   name);
    }
    if (const std::size_t colon = text.find(':'); colon != std::string::npos)
      return named(
          ov::op::v0::Constant::create(ov::element::Type(text.substr(0, colon)), ov::Shape{},
                                       numbers<double>(text.substr(colon + 1))),
          name);
    if (const std::size_t bracket = text.find('['); bracket != std::string::npos) {
      const std::string type = text.substr(0, bracket) == "const" ? "f32" : text.substr(0, bracket);
      const ov::Shape shape = shape_of(text).to_shape();
      std::vector<float> values(ov::shape_size(shape));
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = 0.25f * static_cast<float>(i % 5) + 0.125f;
      return named(ov::op::v0::Constant::create(ov::element::Type(type), shape, values), name);
    }
    if (const auto found = nodes_.find(text); found != nodes_.end()) return found->second;
    const std::size_t dot = text.find_last_of('.');
    const auto found = nodes_.find(text.substr(0, dot));
    if (found == nodes_.end()) throw std::runtime_error("no node '" + text + "'");
    return found->second->output(std::stoul(text.substr(dot + 1)));
  }

  std::shared_ptr<ov::Node> named(std::shared_ptr<ov::Node> node, const std::string& name) {
    node->set_friendly_name(name);
    nodes_[name] = node;
    return node;
  }

  void add_node(const std::string& line) {
    const std::size_t equals = line.find('=');
    const std::string name = trim(line.substr(0, equals));
    const std::string rest = trim(line.substr(equals + 1));
    if (rest.rfind("Parameter", 0) == 0) {
      const std::string type = trim(rest.substr(9, rest.find('[') - 9));
      auto parameter =
          std::make_shared<ov::op::v0::Parameter>(ov::element::Type(type), shape_of(rest));
      parameters_.push_back(parameter);
      named(parameter, name);
      return;
    }
    const std::size_t open = rest.find('('), close = rest.rfind(')');
    std::string type = rest.substr(0, open), version;
    if (const std::size_t at = type.find('@'); at != std::string::npos) {
      version = type.substr(at + 1);
      type.erase(at);
    }
    ov::OutputVector operands;
    for (const std::string& part : split(rest.substr(open + 1, close - open - 1), ','))
      operands.push_back(operand(trim(part), name + "/" + std::to_string(operands.size())));
    if (type == "Result") {
      auto result = std::make_shared<ov::op::v0::Result>(operands.at(0));
      results_.push_back(result);
      named(result, name);
      return;
    }
    std::map<std::string, std::string> words;
    for (const std::string& word : split(rest.substr(close + 1), ' '))
      words[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);

    std::shared_ptr<ov::Node> node;
    for (const auto& [name_of_set, opset] :
         {std::pair("15", &ov::get_opset15()), {"3", &ov::get_opset3()}, {"1", &ov::get_opset1()}})
      if (!node && (version.empty() || version == name_of_set) && opset->contains_type(type))
        node.reset(opset->create(type));
    if (!node) throw std::runtime_error("no operation '" + type + "'");
    node->set_arguments(operands);
    Attributes attributes(std::move(words));
    node->visit_attributes(attributes);
    attributes.check_all_taken(line);
    node->constructor_validate_and_infer_types();
    if (auto sink = std::dynamic_pointer_cast<ov::op::Sink>(node)) sinks_.push_back(sink);
    named(node, name);
  }

  Model model_;
  std::map<std::string, std::shared_ptr<ov::Node>> nodes_;
  ov::ParameterVector parameters_;
  ov::ResultVector results_;
  ov::SinkVector sinks_;
};

}  // namespace

Model parse_model(const std::string& text) {
  return Parser().parse(text);
}

std::string residual_blocks(int blocks) {
  std::string text = "x = Parameter f32[1,4,8,8]\ns0 = Relu(x)\n";
  for (int i = 0; i < blocks; ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1);
    text += "c" + n + " = Convolution(s" + n + ", const[4,4,1,1])\n";
    text += "b" + n + " = Add(c" + n + ", const[1,4,1,1])\n";
    text += "r" + n + " = Relu(b" + n + ")\n";
    text += "a" + n + " = Add(r" + n + ", s" + n + ")\n";
    text += "s" + next + " = Relu(a" + n + ")\n";
  }
  return text + "out = Result(s" + std::to_string(blocks) + ")\n";
}

}  // namespace octet::tests
