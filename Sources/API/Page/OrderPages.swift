import Cycle
import JSON
import Listener
import Page
import Remediation
import Time
import URI

/// The pages on which persons give orders. A form is shown with what the order costs; sending it
/// carries the order out as the admin API does, and leads to the page of the graph, which shows the
/// answer.
struct OrderPages: Sendable {
    /// nil if the agent was started without `--web.enable-admin-api`.
    let receiver: (any OrderReceiver)?
    let metrics: MetricRegistry
    let clock: AgentClock
    /// What a page is made from.
    let context: @Sendable (ServerRequest) -> PageContext
    private let token = FormToken()
    private let answers = RecentAnswers()

    /// A form that was open for longer shows costs of another time.
    private static let formLifetime = Duration.seconds(3_600)
    /// A reason, a name and a few hundred bytes.
    private static let maximumBodyBytes = 16 << 10
    private static let maximumInFlight = 16

    init(
        receiver: (any OrderReceiver)?,
        metrics: MetricRegistry,
        clock: AgentClock,
        context: @escaping @Sendable (ServerRequest) -> PageContext
    ) {
        self.receiver = receiver
        self.metrics = metrics
        self.clock = clock
        self.context = context
    }

    var routes: [Route] {
        let ofGraphs = Order.Kind.verbs.flatMap { verb in
            routes("/graphs/{id}/\(verb)", verb) { .graph($0.parameters["id"] ?? "") }
        }
        return ofGraphs
            + ["pause", "resume"].flatMap { verb in
                routes("/orders/\(verb)", verb) { request in
                    request.queryValue("entry").map { .entry($0) } ?? .fleet
                }
            }
    }

    private func routes(
        _ pattern: String,
        _ verb: String,
        _ subject: @escaping @Sendable (ServerRequest) -> OrderForm.Subject
    ) -> [Route] {
        var form = Route("GET", pattern) { request in
            .response(show(request, verb, subject(request)))
        }
        form.maximumInFlight = Self.maximumInFlight
        var order = Route("POST", pattern, maximumBodyBytes: Self.maximumBodyBytes) { request in
            .response(await send(request, verb, subject(request)))
        }
        order.maximumInFlight = Self.maximumInFlight
        order.acceptsForms = true
        return [form, order]
    }

    /// The answer to the order that the URL names; nil if it names none.
    func answer(to request: ServerRequest, _ context: PageContext) -> OrderAnswerText? {
        guard let id = request.queryValue("order") else { return nil }
        let answer = answers[id] ?? context.status.machine.answeredOrder(id)?.answer
        return answer.map(Self.text)
    }

    // MARK: Showing

    private func show(
        _ request: ServerRequest,
        _ verb: String,
        _ subject: OrderForm.Subject
    ) -> ServerResponse {
        let context = context(request)
        if let missing = missing(subject, context) { return missing }
        let form = freshForm(verb, subject, user: request.user)
        let answer = answer(to: request, context)
        return PageResponse.html(OrderPage.render(context, form, answer: answer))
    }

    /// A new form with an id of its own, for this user.
    private func freshForm(
        _ verb: String,
        _ subject: OrderForm.Subject,
        user: String?
    ) -> OrderForm {
        var form = OrderForm(verb: verb, subject: subject, orderID: Self.newOrderID())
        form.issuedAt = "\(clock.now().milliseconds)"
        form.token = token.token(for: form.signedText, user: user ?? "")
        return form
    }

    private func missing(
        _ subject: OrderForm.Subject,
        _ context: PageContext
    ) -> ServerResponse? {
        guard let id = subject.graphID, context.status.inventory.entries[id] == nil else {
            return nil
        }
        return PageResponse.html(
            MissingPage.render(context, what: "No graph has the id \(id)."),
            status: 404
        )
    }

    /// 128 random bits.
    private static func newOrderID() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
            .joined(separator: "-")
    }

    // MARK: Sending

    private func send(
        _ request: ServerRequest,
        _ verb: String,
        _ subject: OrderForm.Subject
    ) async -> ServerResponse {
        guard let receiver, let user = request.user else {
            return PageResponse.html(
                OrderPage.render(context(request), freshForm(verb, subject, user: request.user)),
                status: 403
            )
        }
        var form = OrderForm(verb: verb, subject: subject, orderID: "")
        guard let items = try? FormEncoding.decode(String(decoding: request.body, as: UTF8.self))
        else { return again(request, form, "The form cannot be read.", status: 400) }
        form.fill(items)
        guard isCurrent(form, user: user) else {
            metrics.add(to: MetricCatalog.orders, verb, "invalid")
            let text =
                "This form is not valid any more. Check what it says now, then send it again."
            return again(request, form, text, status: 403)
        }
        let order: Order
        do {
            order = try OrderBody.order(
                verb,
                Self.body(of: form, by: user).serialized(),
                user: user,
                at: clock.now()
            )
        } catch {
            metrics.add(to: MetricCatalog.orders, verb, "invalid")
            let field = error.path?.split(separator: ".").last.map { "\($0): " } ?? ""
            return again(request, form, "\(field)\(error.message).", status: 400)
        }
        do throws(OrderRefusal) {
            let answer = try await receiver.carryOut(order)
            answers.remember(answer, of: order.id)
            return redirect(form, context(request))
        } catch {
            return refused(request, form, error)
        }
    }

    private func isCurrent(_ form: OrderForm, user: String) -> Bool {
        guard let issued = Int64(form.issuedAt) else { return false }
        let age = clock.now() - Timestamp(milliseconds: issued)
        return age <= Self.formLifetime && age >= .seconds(-60)
            && token.isValid(form.token, for: form.signedText, user: user)
    }

    private func refused(
        _ request: ServerRequest,
        _ form: OrderForm,
        _ refusal: OrderRefusal
    ) -> ServerResponse {
        switch refusal {
        case .unavailable(let cause):
            metrics.add(to: MetricCatalog.orders, form.verb, "unavailable")
            return again(request, form, "Not carried out: \(cause).", status: 503)
        case .timeout:
            metrics.add(to: MetricCatalog.orders, form.verb, "timeout")
            let text = "No answer in time. Send the form again: the order is carried out once."
            return again(request, form, text, status: 504, keepsID: true)
        }
    }

    /// Shows the form again with what was typed.
    ///
    /// - Parameter keepsID: whether the order may have been carried out, so that sending it again
    ///   must not give another one.
    private func again(
        _ request: ServerRequest,
        _ form: OrderForm,
        _ problem: String,
        status: Int,
        keepsID: Bool = false
    ) -> ServerResponse {
        var shown = form
        if !keepsID {
            let fresh = freshForm(form.verb, form.subject, user: request.user)
            (shown.orderID, shown.issuedAt, shown.token) =
                (fresh.orderID, fresh.issuedAt, fresh.token)
        }
        return PageResponse.html(
            OrderPage.render(context(request), shown, problem: problem),
            status: status
        )
    }

    private func redirect(_ form: OrderForm, _ context: PageContext) -> ServerResponse {
        let place: Place =
            form.subject.graphID.map { .graph($0) } ?? .fleetOrder(form.verb)
        var response = ServerResponse(status: 303)
        response.headers["Location"] = context.root + place.path + "?order=" + form.orderID
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    // MARK: The order

    /// The form as the body of the admin API, whose checks apply to it.
    private static func body(of form: OrderForm, by user: String) -> JSONValue {
        var members = [
            JSONMember("id", .string(form.orderID)), JSONMember("by", .string(user)),
            JSONMember("reason", .string(oneLine(form.reason))),
        ]
        func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name, value)) }
        let takesScope = form.verb == "pause" || form.verb == "resume"
        switch form.subject {
        case .graph(let id):
            if takesScope { add("scope", "graph") }
            add("graph_id", .string(id))
        case .fleet: add("scope", "fleet")
        case .entry(let name):
            add("scope", "entry")
            add("entry", .string(name))
        }
        switch form.verb {
        case "pause": add("for", .string(form.duration))
        case "acknowledge": add("clear_attempts", .bool(form.clearsAttempts))
        case "restart":
            add("overrides", .array(form.overrides.sorted().map { .string($0) }))
            if !form.typedName.isEmpty {
                add("force_risk_double_restart", .bool(true))
                add("graph_name", .string(form.typedName))
            }
        default: break
        }
        return .object(members)
    }

    /// A reason is one line in the audit trail.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func text(_ answer: OrderAnswer) -> OrderAnswerText {
        OrderAnswerText(isDone: answer.outcome == .done, text: "\(answer)".capitalizedSentence)
    }
}

extension String {
    fileprivate var capitalizedSentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
