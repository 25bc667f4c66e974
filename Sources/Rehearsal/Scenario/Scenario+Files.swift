package import Files
package import StrictYAML

/// Why scenario files cannot be run.
package enum ScenarioError: Error, CustomStringConvertible {
    case unreadable(FileError)
    case invalid([YAMLIssue])

    package var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .invalid(let issues): issues.map(\.description).joined(separator: "\n")
        }
    }
}

extension Scenario {
    /// Reads a scenario file.
    package static func load(_ file: String) throws(ScenarioError) -> Scenario {
        let text: String
        do throws(FileError) {
            text = try TextFile.text(file)
        } catch {
            throw .unreadable(error)
        }
        let reading = ScenarioReader.read(text, file: file)
        guard let scenario = reading.value else { throw .invalid(reading.issues) }
        return scenario
    }
}
