import Workbench

/// Everything that reads text from outside.
enum Targets {
    static let all: [Target] = [json, promQL]

    static func named(_ name: String) throws -> Target {
        guard let target = all.first(where: { $0.name == name }) else {
            throw BenchError(
                "no target \(name); there are " + all.map(\.name).joined(separator: ", ")
            )
        }
        return target
    }
}
