/// Finds functions by their indentation: `swift format` puts the closing brace of a declaration
/// into the column where the declaration starts, so no parser is needed.
enum FunctionScanner {
    struct Function {
        let firstLine: Int
        let lineCount: Int
    }

    static func functions(in lines: [String]) -> [Function] {
        var functions: [Function] = []
        for (index, line) in lines.enumerated() where beginsFunction(line) {
            let indentation = line.prefix { $0 == " " }
            guard !closesOnSameLine(line) else { continue }
            let closing = String(indentation) + "}"
            guard
                let end = lines[(index + 1)...].firstIndex(where: { $0 == closing })
            else { continue }
            functions.append(Function(firstLine: index + 1, lineCount: end - index + 1))
        }
        return functions
    }

    private static func beginsFunction(_ line: String) -> Bool {
        let words = line.split { $0 == " " || $0 == "(" || $0 == "<" }
        let declares = words.contains("func") || words.contains { $0 == "init" || $0 == "init?" }
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        let isCall =
            line.contains(".init") || line.contains("self.init") || line.contains("super.init")
        return declares && !isComment && !isCall && !line.contains("\"")
    }

    private static func closesOnSameLine(_ line: String) -> Bool {
        line.hasSuffix("}") && line.contains("{")
    }
}
