#include "import/aten/schema.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>

using namespace octet::importer::aten;

TEST_CASE("the schema of conv2d has its arguments in order, with defaults") {
  const Schema* schema = find_schema("aten.conv2d.default");
  REQUIRE(schema);
  std::vector<std::string> names;
  for (const SchemaArgument& argument : schema->arguments) names.push_back(argument.name);
  CHECK(names == std::vector<std::string>{"input", "weight", "bias", "stride", "padding",
                                          "dilation", "groups"});
  CHECK_FALSE(schema->arguments[0].default_value);
  CHECK(std::holds_alternative<std::monostate>(*schema->arguments[2].default_value));
  CHECK(std::get<std::vector<std::int64_t>>(*schema->arguments[3].default_value) ==
        std::vector<std::int64_t>{1, 1});
  CHECK(schema->arguments[3].is_list);
  CHECK(std::get<std::int64_t>(*schema->arguments[6].default_value) == 1);
  CHECK(schema->results == std::vector<std::string>{"Tensor"});
  CHECK_FALSE(schema->writes());
  CHECK(find_schema("aten.conv2d") == schema);
}

TEST_CASE("defaults keep their kind") {
  const Schema* gelu = find_schema("aten.gelu.default");
  REQUIRE(gelu);
  CHECK(std::get<std::string>(*gelu->arguments[1].default_value) == "none");
  const Schema* attention = find_schema("aten.scaled_dot_product_attention.default");
  REQUIRE(attention);
  CHECK(std::get<double>(*attention->arguments[4].default_value) == 0.0);
  CHECK(std::get<bool>(*attention->arguments[5].default_value) == false);
}

TEST_CASE("one number given for a list stands for all of it") {
  const Schema* pool = find_schema("aten.avg_pool2d.default");
  REQUIRE(pool);
  CHECK(std::get<std::vector<std::int64_t>>(*pool->arguments[3].default_value) ==
        std::vector<std::int64_t>{0, 0});
}

TEST_CASE("in-place operators and views are marked") {
  CHECK(find_schema("aten.relu_.default")->writes());
  const Schema* view = find_schema("aten.view.default");
  CHECK(view->arguments[0].is_aliased);
  CHECK_FALSE(view->writes());
  const Schema* index = find_schema("aten.index.Tensor");
  CHECK(index->arguments[1].is_list);
  CHECK(index->arguments[1].items_are_optional);
  CHECK(find_schema("aten.max.dim")->results.size() == 2);
  CHECK(find_schema("aten.split.Tensor")->results == std::vector<std::string>{"Tensor[]"});
}

TEST_CASE("every row of the table parses and is there once") {
  std::set<std::string> names;
  for (const Schema& schema : all_schemas()) CHECK(names.insert(schema.name).second);
  CHECK(names.size() > 1000);
  CHECK(find_schema("aten.no_such_operator.default") == nullptr);
  CHECK(find_schema("aten") == nullptr);
}

TEST_CASE("a row that does not follow the form is refused") {
  CHECK_THROWS_AS(parse_schema("aten.x.default"), std::invalid_argument);
  CHECK_THROWS_AS(parse_schema("aten.x.default|self|->Tensor"), std::invalid_argument);
  CHECK_THROWS_AS(parse_schema("aten.x.default|self:Widget|->Tensor"), std::invalid_argument);
}
