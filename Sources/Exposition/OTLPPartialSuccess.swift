/// What a receiver of OTLP did not take of a request that it accepted: the field `partial_success` of
/// `ExportMetricsServiceResponse` (https://opentelemetry.io/docs/specs/otlp/#partial-success).
package struct OTLPPartialSuccess: Hashable, Sendable {
    /// 0 if the receiver only has something to say.
    package var rejectedPoints: UInt64 = 0
    /// Why, for people. Bounded by the size of the response, and as the receiver wrote it.
    package var message = ""

    /// nil if everything was taken, and for a body that is no such response: a status of 2xx is an
    /// acceptance whatever comes with it.
    package init?(_ body: [UInt8]) {
        var response = ProtobufReader(body[...])
        var found: OTLPPartialSuccess?
        while let field = response.next() {
            guard field.number == 1, case .bytes(let bytes) = field.value else { continue }
            found = OTLPPartialSuccess(fields: bytes)
        }
        guard response.isAtEnd, let found, found != OTLPPartialSuccess() else { return nil }
        self = found
    }

    private init() {}

    private init?(fields: ArraySlice<UInt8>) {
        var reader = ProtobufReader(fields)
        while let field = reader.next() {
            switch (field.number, field.value) {
            // An int64. A negative number has no meaning.
            case (1, .number(let count)): rejectedPoints = count > Int64.max ? 0 : count
            case (2, .bytes(let bytes)): message = String(decoding: bytes, as: UTF8.self)
            default: break
            }
        }
        guard reader.isAtEnd else { return nil }
    }
}
