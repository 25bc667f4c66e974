/// A value in a column.
package enum DatabaseValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A type of values in columns.
package protocol DatabaseConvertible {
    var databaseValue: DatabaseValue { get }
    /// nil if the value is of another type.
    init?(databaseValue: DatabaseValue)
}

extension DatabaseValue: DatabaseConvertible {
    package var databaseValue: DatabaseValue { self }

    package init?(databaseValue: DatabaseValue) {
        self = databaseValue
    }
}

extension Int64: DatabaseConvertible {
    package var databaseValue: DatabaseValue { .integer(self) }

    package init?(databaseValue: DatabaseValue) {
        guard case .integer(let number) = databaseValue else { return nil }
        self = number
    }
}

extension Int: DatabaseConvertible {
    package var databaseValue: DatabaseValue { .integer(Int64(self)) }

    package init?(databaseValue: DatabaseValue) {
        guard case .integer(let number) = databaseValue else { return nil }
        self.init(exactly: number)
    }
}

extension String: DatabaseConvertible {
    package var databaseValue: DatabaseValue { .text(self) }

    package init?(databaseValue: DatabaseValue) {
        guard case .text(let text) = databaseValue else { return nil }
        self = text
    }
}

extension [UInt8]: DatabaseConvertible {
    package var databaseValue: DatabaseValue { .blob(self) }

    package init?(databaseValue: DatabaseValue) {
        guard case .blob(let bytes) = databaseValue else { return nil }
        self = bytes
    }
}

extension Optional: DatabaseConvertible where Wrapped: DatabaseConvertible {
    package var databaseValue: DatabaseValue { self?.databaseValue ?? .null }

    package init?(databaseValue: DatabaseValue) {
        if databaseValue == .null {
            self = .none
        } else {
            guard let value = Wrapped(databaseValue: databaseValue) else { return nil }
            self = .some(value)
        }
    }
}

/// A row of a result.
package struct Row: Hashable, Sendable {
    let names: [String]
    package let values: [DatabaseValue]

    /// The value of a column. Throws if there is no such column or its value is of another type.
    package func get<Value: DatabaseConvertible>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws(RowError) -> Value {
        guard let index = names.firstIndex(of: column),
            let value = Value(databaseValue: values[index])
        else { throw RowError(column: column) }
        return value
    }
}

/// A column that is missing or of an unexpected type.
package struct RowError: Error, Hashable, Sendable, CustomStringConvertible {
    package let column: String

    package init(column: String) {
        self.column = column
    }

    package var description: String { "the column \(column) has an unexpected type" }
}
