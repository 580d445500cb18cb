//===- GraphFile.cpp - Graphs in files ------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/GraphFile.h"

#include "TripleFile.h"
#include "pigeon/Support/FileIO.h"
#include "pigeon/Support/Npz.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace pigeon::runtime {

//===----------------------------------------------------------------------===//
// Arrays of an .npz file
//===----------------------------------------------------------------------===//

namespace {
/// Reads integer arrays and says what is wrong with them.
class ArrayReader {
public:
  explicit ArrayReader(NpzReader &file) : file(file) {}

  bool contains(const std::string &array) const { return file.contains(array); }

  Error wrong(const std::string &array, const std::string &message) const {
    return Error("'" + file.path() + "', array '" + array + "': " + message);
  }

  Result<HostTensor> read(const std::string &array) {
    Result<HostTensor> tensor = file.read(array);
    if (tensor && !isInteger(tensor->type))
      return wrong(array, std::string("expected integers, found ") +
                              name(tensor->type));
    return tensor;
  }

  /// One integer, at least 0.
  Result<std::int64_t> count(const std::string &array) {
    Result<HostTensor> tensor = read(array);
    if (!tensor)
      return tensor.error();
    if (tensor->numElements() != 1)
      return wrong(array, "expected one integer, found shape " +
                              describe(tensor->shape));
    std::int64_t value = 0;
    forEach(*tensor, [&](std::int64_t, std::int64_t v) { value = v; });
    if (value < 0)
      return wrong(array, std::to_string(value) + " is negative");
    return value;
  }

  /// A list of integers in [0, limit). `things` are what they number, or null
  /// if their count is not known.
  Result<IndexArray> indices(const std::string &array, std::int64_t limit,
                             const char *things) {
    Result<HostTensor> tensor = read(array);
    if (!tensor)
      return tensor.error();
    if (tensor->rank() != 1)
      return wrong(array, "expected one dimension, found shape " +
                              describe(tensor->shape));
    if (tensor->numElements() > std::numeric_limits<std::int32_t>::max())
      return wrong(array, std::to_string(tensor->numElements()) +
                              " rows are too many for 32-bit indices");
    IndexArray values(static_cast<std::size_t>(tensor->numElements()));
    std::int64_t badRow = -1, badValue = 0;
    forEach(*tensor, [&](std::int64_t row, std::int64_t value) {
      values[row] = static_cast<std::int32_t>(value);
      if ((value < 0 || value >= limit) && badRow < 0) {
        badRow = row;
        badValue = value;
      }
    });
    if (badRow >= 0)
      return Error("'" + file.path() + "', array '" + array + "', row " +
                   std::to_string(badRow) + ": " + std::to_string(badValue) +
                   " is out of range, " +
                   (things ? "there are " + std::to_string(limit) + " " + things
                           : "expected 0 to " + std::to_string(limit - 1)));
    return values;
  }

private:
  NpzReader &file;

  template <typename T, typename Body>
  static void forEachOf(const HostTensor &tensor, Body body) {
    const T *values = tensor.as<T>();
    for (std::int64_t row = 0, count = tensor.numElements(); row < count; ++row)
      // Whatever is too large for 63 bits is out of every range.
      body(row,
           std::is_same_v<T, std::uint64_t> &&
                   values[row] > T(std::numeric_limits<std::int64_t>::max())
               ? std::numeric_limits<std::int64_t>::max()
               : static_cast<std::int64_t>(values[row]));
  }

  template <typename Body>
  static void forEach(const HostTensor &tensor, Body body) {
    switch (tensor.type) {
    case ElementType::I8:
      return forEachOf<std::int8_t>(tensor, body);
    case ElementType::U8:
    case ElementType::Bool:
      return forEachOf<std::uint8_t>(tensor, body);
    case ElementType::I16:
      return forEachOf<std::int16_t>(tensor, body);
    case ElementType::U16:
      return forEachOf<std::uint16_t>(tensor, body);
    case ElementType::I32:
      return forEachOf<std::int32_t>(tensor, body);
    case ElementType::U32:
      return forEachOf<std::uint32_t>(tensor, body);
    case ElementType::I64:
      return forEachOf<std::int64_t>(tensor, body);
    case ElementType::U64:
      return forEachOf<std::uint64_t>(tensor, body);
    default:
      return; // read() lets no floats through
    }
  }
};
} // namespace

namespace {
/// What a file says of its counts beside the arrays; 0: nothing.
struct DeclaredCounts {
  std::int64_t relations = 0, nodeTypes = 0;
  /// Where `relations` and `nodeTypes` come from, for errors.
  std::string relationsFrom, nodeTypesFrom;
};
} // namespace

//===----------------------------------------------------------------------===//
// NAME.json
//===----------------------------------------------------------------------===//

static std::string sidecarOf(const std::string &path) {
  std::size_t dot = path.rfind('.'), slash = path.rfind('/');
  bool hasExtension =
      dot != std::string::npos && (slash == std::string::npos || dot > slash);
  return path.substr(0, hasExtension ? dot : path.size()) + ".json";
}

static Result<std::int64_t> sidecarCount(const nlohmann::json &counts,
                                         const char *field,
                                         const std::string &sidecar) {
  auto found = counts.find(field);
  if (found == counts.end())
    return std::int64_t(0);
  if (!found->is_number_integer() || *found < 0 ||
      *found > std::numeric_limits<std::int32_t>::max())
    return Error("'" + sidecar + "', field 'counts." + field +
                 "': expected a count of at most 2147483647, found " +
                 found->dump());
  return found->get<std::int64_t>();
}

/// Completes what `declared` does not know yet.
static Status readSidecar(const std::string &path, DeclaredCounts &declared) {
  std::string sidecar = sidecarOf(path);
  if (sidecar == path || ::access(sidecar.c_str(), F_OK) != 0)
    return {};
  Result<std::string> text = readFile(sidecar);
  if (!text)
    return text.error();
  nlohmann::json root =
      nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded())
    return Error("'" + sidecar + "', which describes '" + path +
                 "', is not JSON");
  auto counts = root.is_object() ? root.find("counts") : root.end();
  if (counts == root.end() || !counts->is_object())
    return {};
  Result<std::int64_t> relations =
      sidecarCount(*counts, "num_edge_types", sidecar);
  if (!relations)
    return relations.error();
  Result<std::int64_t> nodeTypes =
      sidecarCount(*counts, "num_node_types", sidecar);
  if (!nodeTypes)
    return nodeTypes.error();
  if (declared.relations == 0) {
    declared.relations = *relations;
    declared.relationsFrom = "'" + sidecar + "'";
  }
  if (declared.nodeTypes == 0) {
    declared.nodeTypes = *nodeTypes;
    declared.nodeTypesFrom = "'" + sidecar + "'";
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Counts
//===----------------------------------------------------------------------===//

/// The greatest number in an array must lie below what was declared.
static Result<std::int64_t> reconcile(const IndexArray &numbers,
                                      std::int64_t declared,
                                      const std::string &declaredFrom,
                                      const std::string &where,
                                      const char *things) {
  auto greatest = std::max_element(numbers.begin(), numbers.end());
  std::int64_t needed =
      greatest == numbers.end() ? 0 : std::int64_t(*greatest) + 1;
  if (declared != 0 && needed > declared)
    return Error(where + ", row " + std::to_string(greatest - numbers.begin()) +
                 ": " + std::to_string(*greatest) + " is out of range, " +
                 declaredFrom + " says there are " + std::to_string(declared) +
                 " " + things);
  return std::max(needed, declared);
}

static Status setCounts(GraphData &data, const DeclaredCounts &declared,
                        const std::string &path) {
  Result<std::int64_t> relations =
      reconcile(data.edgeType, declared.relations, declared.relationsFrom,
                "'" + path + "', array 'edge_type'", "relations");
  if (!relations)
    return relations.error();
  Result<std::int64_t> nodeTypes =
      reconcile(data.nodeType, declared.nodeTypes, declared.nodeTypesFrom,
                "'" + path + "', array 'node_type'", "node types");
  if (!nodeTypes)
    return nodeTypes.error();
  data.numRelations = *relations;
  // Without an array all nodes are of type 0, however many types there are. The
  // array is not made here: a file of a few bytes may claim 2^31 nodes.
  data.numNodeTypes = std::max<std::int64_t>(1, *nodeTypes);
  return {};
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static Status readEdges(ArrayReader &arrays, GraphData &data) {
  constexpr std::int64_t anyIndex = std::numeric_limits<std::int32_t>::max();
  struct Column {
    const char *name, *things;
    std::int64_t limit;
    IndexArray *array;
  };
  for (const Column &column :
       {Column{"src", "nodes", data.numNodes, &data.src},
        Column{"dst", "nodes", data.numNodes, &data.dst},
        Column{"edge_type", nullptr, anyIndex, &data.edgeType}}) {
    Result<IndexArray> values =
        arrays.indices(column.name, column.limit, column.things);
    if (!values)
      return values.error();
    *column.array = values.take();
    if (column.array->size() != data.src.size())
      return arrays.wrong(
          column.name,
          "expected one entry per edge, " + std::to_string(data.src.size()) +
              " as in 'src', found " + std::to_string(column.array->size()));
  }
  if (data.src.empty())
    return arrays.wrong("src", "the graph has no edges");
  return {};
}

static Status readNodeTypes(ArrayReader &arrays, GraphData &data) {
  if (!arrays.contains("node_type"))
    return {};
  Result<IndexArray> types = arrays.indices(
      "node_type", std::numeric_limits<std::int32_t>::max(), nullptr);
  if (!types)
    return types.error();
  if (static_cast<std::int64_t>(types->size()) != data.numNodes)
    return arrays.wrong("node_type", "expected one entry per node, " +
                                         std::to_string(data.numNodes) +
                                         ", found " +
                                         std::to_string(types->size()));
  data.nodeType = types.take();
  return {};
}

static Status readClasses(NpzReader &file, ArrayReader &arrays,
                          GraphData &data) {
  const std::string prefix = "class_";
  for (const std::string &array : file.names()) {
    if (array.compare(0, prefix.size(), prefix) != 0)
      continue;
    Result<IndexArray> classOf = arrays.indices(
        array, std::numeric_limits<std::int32_t>::max(), nullptr);
    if (!classOf)
      return classOf.error();
    if (static_cast<std::int64_t>(classOf->size()) != data.numRelations)
      return arrays.wrong(array, "expected one entry per relation, " +
                                     std::to_string(data.numRelations) +
                                     ", found " +
                                     std::to_string(classOf->size()));
    data.classes[array.substr(prefix.size())] = classOf.take();
  }
  return {};
}

/// Reads one of the optional arrays with a single count.
static Status readDeclared(ArrayReader &arrays, const std::string &array,
                           std::int64_t &count, std::string &from) {
  if (count != 0 || !arrays.contains(array))
    return {};
  Result<std::int64_t> value = arrays.count(array);
  if (!value)
    return value.error();
  count = *value;
  from = "array '" + array + "'";
  return {};
}

static Result<GraphData> readNpzGraph(const std::string &path,
                                      const GraphFileOptions &options,
                                      DeclaredCounts declared) {
  Result<NpzReader> file = NpzReader::open(path);
  if (!file)
    return file.error();
  ArrayReader arrays(*file);
  GraphData data;
  Result<std::int64_t> numNodes = arrays.count("num_nodes");
  if (!numNodes)
    return numNodes.error();
  if (*numNodes == 0)
    return arrays.wrong("num_nodes", "the graph has no nodes");
  if (*numNodes > std::numeric_limits<std::int32_t>::max())
    return arrays.wrong("num_nodes",
                        std::to_string(*numNodes) +
                            " nodes are too many: indices have 32 bits, at "
                            "most 2147483647 are possible");
  data.numNodes = *numNodes;
  if (Status s = readNodeTypes(arrays, data); !s)
    return s.error();
  if (Status s = readEdges(arrays, data); !s)
    return s.error();
  if (Status s = readDeclared(arrays, "num_relations", declared.relations,
                              declared.relationsFrom);
      !s)
    return s.error();
  if (Status s = readDeclared(arrays, "num_node_types", declared.nodeTypes,
                              declared.nodeTypesFrom);
      !s)
    return s.error();
  if (options.readSidecar)
    if (Status s = readSidecar(path, declared); !s)
      return s.error();
  if (Status s = setCounts(data, declared, path); !s)
    return s.error();
  if (Status s = readClasses(*file, arrays, data); !s)
    return s.error();
  return data;
}

static Result<GraphData> readTripleGraph(const std::string &path,
                                         const GraphFileOptions &options,
                                         DeclaredCounts declared,
                                         GraphNames &names) {
  Result<std::string> text = readFile(path);
  if (!text)
    return text.error();
  Result<GraphData> data = parseTriples(*text, path, names);
  if (!data)
    return data;
  if (options.readSidecar)
    if (Status s = readSidecar(path, declared); !s)
      return s.error();
  if (Status s = setCounts(*data, declared, path); !s)
    return s.error();
  return data;
}

static bool endsWith(const std::string &text, const std::string &suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

Result<GraphData> readGraphData(const std::string &path,
                                const GraphFileOptions &options,
                                GraphNames *names) {
  DeclaredCounts declared;
  declared.relations = options.numRelations;
  declared.relationsFrom = "the caller";
  // A damaged .npz file should be called that, not a bad file of triples.
  if (looksLikeZip(path) || endsWith(path, ".npz"))
    return readNpzGraph(path, options, declared);
  GraphNames ignored;
  return readTripleGraph(path, options, declared, names ? *names : ignored);
}

Result<std::shared_ptr<Graph>> readGraph(const std::string &path,
                                         const GraphFileOptions &options) {
  Result<GraphData> data = readGraphData(path, options);
  if (!data)
    return data.error();
  return Graph::create(data.take(), path);
}

} // namespace pigeon::runtime
