import Agent
import ArgumentParser
import JSON
import Tables
import Time

/// A command that shows a list of the agent as a table.
protocol ListCommand: AsyncParsableCommand {
    var list: ListOptions { get }
    var client: ClientOptions { get }
    /// Queries the agent and applies the filters of the command.
    func items() async throws -> [JSONValue]
    static var columns: [Table.Column] { get }
    static func row(_ item: JSONValue, at now: Timestamp) -> [Cell]
    /// The member of the JSON output that has the items.
    static var member: String { get }
}

extension ListCommand {
    func run() async throws {
        var printed: Set<[Cell]> = []
        var isFirst = true
        while true {
            do {
                let items = try await items()
                print(items, isFirst: isFirst, &printed)
                isFirst = false
            } catch let exit as ExitCode where list.watches && !isFirst {
                // The error is printed. An agent that is started again comes back.
                guard exit.rawValue == 2 else { throw exit }
            }
            guard list.watches else { return }
            try await AgentClock.system.sleep(try list.wait())
        }
    }

    private func print(_ items: [JSONValue], isFirst: Bool, _ printed: inout Set<[Cell]>) {
        if client.output == .json {
            let document: JSONValue = [
                "status": "success", "data": .object([JSONMember(Self.member, .array(items))]),
            ]
            let text = (try? document.serialized()).map { String(decoding: $0, as: UTF8.self) }
            return Terminal.output(text ?? "")
        }
        let now = Timestamp.now
        var table = Table(Self.columns, rows: items.map { Self.row($0, at: now) })
        let redraws = list.watches && Terminal.isOutput
        if list.watches, !redraws {
            // Ages change all the time.
            let rows = table.rows
            table.rows = rows.filter { !printed.contains($0.filter { !$0.isAge }) }
            printed = Set(rows.map { $0.filter { !$0.isAge } })
        }
        let lines = table.lines(
            width: Terminal.width,
            hasHeader: !list.hasNoHeader && (isFirst || redraws),
            isColored: Terminal.hasColor
        )
        guard redraws else { return Terminal.outputUnescaped(lines.map { $0 + "\n" }.joined()) }
        // Home, then each line with the rest of it erased, then the rest of the screen: no flicker.
        // A screen that scrolls or wraps cannot be redrawn: the cursor needs a line, and the rest
        // of a line that is too wide is not shown.
        let text = Table.cut(lines, toHeight: Terminal.height.map { $0 - 1 })
            .map { $0 + "\u{1B}[K\n" }.joined()
        Terminal.outputUnescaped(
            (isFirst ? "\u{1B}[2J" : "") + "\u{1B}[H\u{1B}[?7l" + text + "\u{1B}[J\u{1B}[?7h"
        )
    }
}

extension Timestamp {
    /// Of the host that the command runs on.
    static var now: Timestamp { AgentClock.system.now() }
}

extension JSONValue {
    /// Empty if the member is missing: the agent may be of another version.
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }

    /// The age of the moment in a member.
    func age(_ name: String, at now: Timestamp) -> Cell {
        let moment = Timestamp(rfc3339: text(name), maximumFractionDigits: 9)
        return Cell(age: moment.map { Age.text(now - $0) } ?? "")
    }
}
