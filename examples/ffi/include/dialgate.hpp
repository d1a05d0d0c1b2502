/* dialgate for C++17: owners for the handles of dialgate.h. Header only.
 *
 * What cannot be had (a snapshot that does not open, a name that nobody declared) is an exception, dialgate::Error,
 * when it is asked for. Questions never throw; an object that was moved from, or never made, answers "do not call".
 * Objects are movable and not copied; a const object may be used by any number of threads at once.
 */
#ifndef DIALGATE_HPP
#define DIALGATE_HPP

#include <dialgate.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dialgate {

/* What the last call on this thread had to say. */
class Error : public std::runtime_error {
public:
    Error() : std::runtime_error(dialgate_last_error()), status_(dialgate_last_status()) {}
    std::uint32_t status() const noexcept { return status_; }

private:
    std::uint32_t status_;
};

/* The owner of one handle. */
class Handle {
public:
    Handle() noexcept = default;
    Handle(Handle &&other) noexcept : id_(std::exchange(other.id_, 0)) {}
    Handle &operator=(Handle &&other) noexcept
    {
        if (this != &other) {
            dialgate_close(id_);
            id_ = std::exchange(other.id_, 0);
        }
        return *this;
    }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;
    ~Handle() { dialgate_close(id_); }

    std::uint64_t id() const noexcept { return id_; }
    explicit operator bool() const noexcept { return id_ != 0; }

protected:
    explicit Handle(std::uint64_t id) : id_(id)
    {
        if (id == 0)
            throw Error();
    }
    /* Gives the handle up. */
    std::uint64_t taken() noexcept { return std::exchange(id_, 0); }

private:
    std::uint64_t id_ = 0;
};

inline void must(std::uint32_t done)
{
    if (done != DIALGATE_DONE)
        throw Error();
}

/* The answer. One that was never given is a denial. */
class Decision {
public:
    [[nodiscard]] bool may_call() const noexcept { return dialgate_decision_may_call(&raw_) == DIALGATE_MAY_CALL; }
    std::uint32_t verdict() const noexcept { return dialgate_decision_verdict(&raw_); }
    std::uint32_t reason() const noexcept { return dialgate_decision_reason(&raw_); }
    const char *reason_name() const noexcept { return dialgate_reason_name(reason()); }
    bool has_reason(std::uint32_t reason) const noexcept { return has(dialgate_decision_reasons(&raw_), reason); }
    bool obliges(std::uint32_t duty) const noexcept { return has(dialgate_decision_obligations(&raw_), duty); }
    std::uint32_t basis() const noexcept { return dialgate_decision_basis(&raw_); }
    std::int64_t retry_at() const noexcept { return dialgate_decision_retry_at(&raw_); }
    std::int64_t valid_until() const noexcept { return dialgate_decision_valid_until(&raw_); }
    std::uint32_t status() const noexcept { return dialgate_decision_status(&raw_); }
    dialgate_decision *raw() noexcept { return &raw_; }

private:
    static bool has(std::uint64_t bits, std::uint32_t bit) noexcept { return bit < 64 && (bits >> bit & 1) != 0; }
    dialgate_decision raw_{};
};
static_assert(sizeof(Decision) == sizeof(dialgate_decision), "a vector of decisions is an array of them");

/* A number with what is known of the person. */
class Lead {
public:
    explicit Lead(const std::string &number) { raw_.number = dialgate_number(number.c_str()); }
    Lead &region(std::string region) { region_ = std::move(region); has_region_ = true; return *this; }
    Lead &time_zone(std::string name) { zone_ = std::move(name); has_zone_ = true; return *this; }
    Lead &party(std::uint32_t party) { raw_.party = party; return *this; }
    Lead &line(std::uint32_t line) { raw_.line = line; return *this; }
    /* For one call: it points into this object. */
    dialgate_lead raw() const noexcept
    {
        dialgate_lead raw = raw_;
        raw.region = has_region_ ? region_.c_str() : nullptr;
        raw.time_zone = has_zone_ ? zone_.c_str() : nullptr;
        return raw;
    }

private:
    dialgate_lead raw_ = DIALGATE_LEAD_INIT;
    std::string region_, zone_;
    bool has_region_ = false, has_zone_ = false;
};

class Ledger : public Handle {
public:
    explicit Ledger(const std::string &path) : Handle(dialgate_ledger_open(path.c_str(), nullptr)) {}
    Ledger(const std::string &path, const std::string &key_file)
        : Handle(dialgate_ledger_open(path.c_str(), key_file.c_str())) {}
    /* Durable when it returns. */
    void record(const std::string &json) { must(dialgate_record(id(), json.c_str())); }
};

/* An attempt that is on record. It counts, also when this is destroyed, unless it is released. */
class Reservation : public Handle {
public:
    Reservation() noexcept = default;
    const Decision &decision() const noexcept { return decision_; }
    void commit(std::uint32_t outcome)
    {
        must(dialgate_commit(id(), outcome));
        taken();
    }
    void release() { must(dialgate_release(taken())); }

private:
    friend class Campaign;
    Reservation(std::uint64_t id, const Decision &decision) : Handle(id), decision_(decision) {}
    explicit Reservation(const Decision &decision) : decision_(decision) {}
    Decision decision_;
};

class Campaign : public Handle {
public:
    Campaign() noexcept = default;

    [[nodiscard]] Decision check(const std::string &number, std::int64_t at = DIALGATE_NOW) const noexcept
    {
        Decision decision;
        dialgate_check_at(id(), number.c_str(), at, decision.raw());
        return decision;
    }
    [[nodiscard]] Decision check(const Lead &lead, std::int64_t at = DIALGATE_NOW) const noexcept
    {
        Decision decision;
        const dialgate_lead raw = lead.raw();
        dialgate_check_lead(id(), &raw, at, decision.raw());
        return decision;
    }
    /* In the order of the numbers (`dialgate_number`). */
    [[nodiscard]] std::vector<Decision> screen(const std::vector<std::uint64_t> &numbers, std::int64_t at = DIALGATE_NOW) const
    {
        std::vector<Decision> decisions(numbers.size());
        dialgate_decision *first = decisions.empty() ? nullptr : decisions.front().raw();
        dialgate_screen(id(), numbers.data(), numbers.size(), at, first);
        if (dialgate_last_status() != DIALGATE_STATUS_OK)
            throw Error();
        return decisions;
    }
    /* Empty (`!reservation`) when it may not be called: its decision says why. */
    [[nodiscard]] Reservation reserve(const std::string &number, std::int64_t at = DIALGATE_NOW) const
    {
        Decision decision;
        dialgate_reservation reservation = 0;
        if (dialgate_reserve(id(), number.c_str(), at, &reservation, decision.raw()) != DIALGATE_MAY_CALL)
            return Reservation(decision);
        return Reservation(reservation, decision);
    }
    /* JSON. */
    std::string explain(const std::string &number, std::int64_t at = DIALGATE_NOW) const
    {
        std::string text(4096, '\0');
        std::size_t needed = 0;
        for (;;) {
            const std::size_t length = dialgate_explain(id(), number.c_str(), at, &text[0], text.size(), &needed);
            if (length == 0 && dialgate_last_status() != DIALGATE_STATUS_BUFFER_TOO_SMALL)
                throw Error();
            text.resize(length == 0 ? needed : length);
            if (length != 0)
                return text;
        }
    }

private:
    friend class Gate;
    explicit Campaign(std::uint64_t id) : Handle(id) {}
};

class Gate : public Handle {
public:
    Gate() noexcept = default;
    explicit Gate(const std::string &path) : Handle(dialgate_open(path.c_str(), nullptr)) {}
    Gate(const std::string &path, const std::string &key_file) : Handle(dialgate_open(path.c_str(), key_file.c_str())) {}

    void replace(const std::string &path) { must(dialgate_replace(id(), path.c_str())); }
    void attach(const Ledger &ledger) { must(dialgate_attach(id(), ledger.id())); }
    /* For the manifest's own controller. */
    [[nodiscard]] Campaign campaign(const std::string &purpose, std::uint32_t channel) const
    {
        return Campaign(dialgate_prepare(id(), nullptr, purpose.c_str(), channel));
    }
    [[nodiscard]] Campaign campaign(const std::string &controller, const std::string &purpose, std::uint32_t channel) const
    {
        return Campaign(dialgate_prepare(id(), controller.c_str(), purpose.c_str(), channel));
    }
};

} // namespace dialgate

#endif
