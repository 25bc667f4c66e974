import Foundation
import Series
import Time

/// Prometheus' remote write, version 1: a protobuf message in one block of Snappy.
struct RemoteWrite {
    private var message = Protobuf()

    mutating func append(_ labels: Labels, _ samples: [Sample]) {
        var series = Protobuf()
        for (name, value) in labels {
            var label = Protobuf()
            label.field(1, bytes: Array(name.utf8))
            label.field(2, bytes: Array(value.utf8))
            series.field(1, bytes: label.bytes)
        }
        for sample in samples {
            var point = Protobuf()
            point.field(1, double: sample.value)
            point.field(2, number: UInt64(bitPattern: sample.timestamp.milliseconds))
            series.field(2, bytes: point.bytes)
        }
        message.field(1, bytes: series.bytes)
    }

    static let headers = [
        "Content-Encoding": "snappy",
        "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    ]

    /// Stored, not compressed: a literal for every 64 KiB.
    var body: Data {
        var block = Protobuf()
        block.variable(UInt64(message.bytes.count))
        var body = Data(block.bytes)
        var start = 0
        while start < message.bytes.count {
            let end = min(start + 1 << 16, message.bytes.count)
            let last = end - start - 1
            body.append(contentsOf: [61 << 2, UInt8(last & 0xff), UInt8(last >> 8)])
            body.append(contentsOf: message.bytes[start..<end])
            start = end
        }
        return body
    }
}

/// The subset of the encoding that is needed here.
private struct Protobuf {
    private(set) var bytes: [UInt8] = []

    mutating func variable(_ number: UInt64) {
        var rest = number
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func field(_ number: UInt64, bytes content: [UInt8]) {
        variable(number << 3 | 2)
        variable(UInt64(content.count))
        bytes += content
    }

    mutating func field(_ number: UInt64, number value: UInt64) {
        variable(number << 3)
        variable(value)
    }

    mutating func field(_ number: UInt64, double value: Double) {
        variable(number << 3 | 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(value.bitPattern >> shift & 0xff))
        }
    }
}
