#include "program_text.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace {

using namespace octet::importer::aten;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

ov::element::Type type_of(const std::string& name) {
  return name == "bool" ? ov::element::boolean : ov::element::Type(name);
}

ValueMeta meta_of(const std::vector<std::string>& words, std::size_t first) {
  ValueMeta meta;
  if (first >= words.size()) return meta;
  if (words[first] == "int") {
    meta.type = ov::element::i64;
    meta.shape = ov::PartialShape{};
    meta.is_tensor = false;
    return meta;
  }
  meta.type = type_of(words[first]);
  std::vector<ov::Dimension> sizes;
  for (std::size_t i = first + 1; i < words.size(); ++i)
    sizes.push_back(words[i] == "?" ? ov::Dimension::dynamic()
                                    : ov::Dimension(std::stoll(words[i])));
  meta.shape = ov::PartialShape(sizes);
  return meta;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
}

class Parser {
 public:
  ProgramText parse(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line[0] == '#') continue;
      const auto words = words_of(line);
      if (words.empty()) continue;
      if (words[0] == "input") {
        result_.program.inputs.push_back({words.at(1), words.at(1), meta_of(words, 2)});
        tensors_[words[1]] = result_.program.inputs.back().meta.is_tensor;
      } else if (words[0] == "weight") {
        add_weight(words);
      } else if (words[0] == "output") {
        result_.program.outputs.push_back({words.at(2), words.at(1)});
      } else if (words[0] == "expect") {
        result_.expectations.emplace_back(words.begin() + 1, words.end());
      } else if (words[0] == "data") {
        for (std::size_t i = 2; i < words.size(); ++i)
          result_.data[words[1]].push_back(std::stod(words[i]));
      } else {
        add_node(line);
      }
    }
    return std::move(result_);
  }

 private:
  void add_weight(const std::vector<std::string>& words) {
    const auto equals = std::ranges::find(words, "=");
    const ValueMeta meta = meta_of({words.begin(), equals}, 3);
    ov::Tensor tensor(meta.type, meta.shape.to_shape());
    std::vector<double> values;
    if (equals != words.end())
      for (auto word = equals + 1; word != words.end(); ++word) values.push_back(std::stod(*word));
    for (std::size_t i = 0; i < tensor.get_size(); ++i) {
      const double value = values.empty() ? static_cast<double>(i + 1) : values[i % values.size()];
      if (meta.type == ov::element::f32)
        tensor.data<float>()[i] = static_cast<float>(value);
      else if (meta.type == ov::element::i64)
        tensor.data<std::int64_t>()[i] = static_cast<std::int64_t>(value);
      else if (meta.type == ov::element::i8)
        tensor.data<std::int8_t>()[i] = static_cast<std::int8_t>(value);
      else
        throw std::invalid_argument("weights of this type are not read here");
    }
    result_.program.weights.push_back({words.at(1), words.at(2), tensor});
    tensors_[words[1]] = true;
  }

  void add_node(const std::string& line) {
    const std::size_t equals = line.find(" = "), arrow = line.find(" -> ");
    if (equals == std::string::npos) throw std::invalid_argument("no node: " + line);
    auto call = words_of(line.substr(equals + 3, arrow - equals - 3));
    Node node;
    if (call.front() == "list") {
      node.output_is_list = true;
      call.erase(call.begin());
    }
    node.target = call.front();
    for (std::size_t i = 1; i < call.size(); ++i) {
      const std::size_t at = call[i].find('=');
      node.arguments.push_back({call[i].substr(0, at), argument(call[i].substr(at + 1))});
    }
    std::vector<ValueMeta> metas;
    if (arrow != std::string::npos) {
      std::istringstream parts(line.substr(arrow + 4));
      for (std::string part; std::getline(parts, part, ';');)
        metas.push_back(meta_of(words_of(part), 0));
    }
    std::istringstream names(line.substr(0, equals));
    for (std::string name; std::getline(names, name, ',');) {
      const std::size_t index = node.outputs.size();
      node.outputs.push_back(
          {words_of(name).at(0), index < metas.size() ? metas[index] : ValueMeta{}});
      tensors_[node.outputs.back().name] = node.outputs.back().meta.is_tensor;
    }
    const std::string number = std::to_string(result_.program.nodes.size() + 1);
    node.source = {node.outputs.front().name, "module." + number, "torch.nn.Module", node.target,
                   "/models/net.py:" + number};
    result_.program.nodes.push_back(std::move(node));
  }

  Argument argument(const std::string& text) const {
    if (text == "None") return NoneValue{};
    if (text == "True") return true;
    if (text == "False") return false;
    if (text.front() == '"') return text.substr(1, text.size() - 2);
    if (text.starts_with("dtype:")) return DtypeCode{std::stoi(text.substr(6))};
    if (is_number(text)) return SymInt{std::stoll(text), {}};
    if (text.front() == '[') {
      std::vector<std::string> items;
      std::istringstream parts(text.substr(1, text.size() - 2));
      for (std::string item; std::getline(parts, item, ',');) items.push_back(item);
      const bool has_tensor = std::ranges::any_of(items, [&](const std::string& item) {
        return tensors_.contains(item) && tensors_.at(item);
      });
      if (has_tensor && std::ranges::count(items, "None")) {
        OptionalRefs refs;
        for (const std::string& item : items)
          refs.items.push_back(item == "None" ? std::nullopt : std::optional(ValueRef{item}));
        return refs;
      }
      if (has_tensor) {
        std::vector<ValueRef> refs;
        for (const std::string& item : items) refs.push_back({item});
        return refs;
      }
      std::vector<SymInt> numbers;
      for (const std::string& item : items)
        numbers.push_back(is_number(item) ? SymInt{std::stoll(item), {}} : SymInt{{}, item});
      return numbers;
    }
    if (tensors_.contains(text)) {
      if (tensors_.at(text)) return ValueRef{text};
      return SymInt{{}, text};
    }
    std::size_t end = 0;
    try {
      const double number = std::stod(text, &end);
      if (end == text.size()) return number;
    } catch (const std::invalid_argument&) {
      end = 0;
    }
    return ValueRef{text};  // a value that nothing computes
  }

  ProgramText result_;
  std::map<std::string, bool> tensors_;  ///< by value: is a tensor
};

}  // namespace

ProgramText parse_program(const std::string& text) {
  return Parser().parse(text);
}
