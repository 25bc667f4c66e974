package import Cycle
package import Files
import JSON

/// A file of graphs for `check config --graphs`: a list of graphs as GES or the agent returns it,
/// or only the array in it.
package enum GraphFile {
    /// Why a file of graphs cannot be used.
    package enum Failure: Error, CustomStringConvertible {
        case unreadable(FileError)
        case invalid(String)

        package var description: String {
            switch self {
            case .unreadable(let error): "\(error)"
            case .invalid(let text): text
            }
        }
    }

    /// As many as the agent watches.
    private static let maximumGraphs = Inventory.maximumGraphs

    package static func read(_ file: String) throws(Failure) -> [ListedGraph] {
        let text: String
        do {
            text = try file == "-" ? TextFile.standardInput() : TextFile.argument(file)
        } catch {
            throw .unreadable(error)
        }
        return try graphs(text, file)
    }

    static func graphs(_ text: String, _ file: String) throws(Failure) -> [ListedGraph] {
        let document: JSONValue
        do {
            document = try JSONValue.parse(Array(text.utf8))
        } catch {
            throw .invalid("\(file): not JSON: \(error)")
        }
        let list = document["data"]?["graphs"] ?? document["graphs"] ?? document
        guard let entries = list.arrayValue else {
            throw .invalid(
                "\(file): expected a list of graphs, or an object with the key \"graphs\""
            )
        }
        guard entries.count <= maximumGraphs else {
            throw .invalid("\(file): \(entries.count) graphs; at most \(maximumGraphs) are watched")
        }
        var graphs: [ListedGraph] = []
        for (index, entry) in entries.enumerated() {
            guard let graph = graph(entry) else {
                throw .invalid("\(file): entry \(index + 1): expected an object with id and name")
            }
            graphs.append(graph)
        }
        return graphs
    }

    private static func graph(_ entry: JSONValue) -> ListedGraph? {
        guard let id = entry["id"]?.stringValue, let name = entry["name"]?.stringValue, !id.isEmpty
        else { return nil }
        var tags: [String: String] = [:]
        for tag in entry["tags"]?.arrayValue ?? [] {
            if let key = tag["key"]?.stringValue { tags[key] = tag["value"]?.stringValue ?? "" }
        }
        for tag in entry["tags"]?.objectValue ?? [] { tags[tag.name] = tag.value.stringValue ?? "" }
        let code = entry["status"]?.stringValue ?? ""
        return ListedGraph(
            id: id,
            name: name,
            status: ListedGraph.Status(code: code, phase: .unknown, description: code),
            tags: tags
        )
    }
}
