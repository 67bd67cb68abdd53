//! Samples of events and of their subscriptions.

use super::{device_id, moments, texts};
use crate::billing::{LimitExceeded, Resource};
use crate::device::DeviceId;
use crate::event::{
    Destination, DeviceError, DeviceErrors, EventId, EventLog, EventOrigin, KnownEvent, LoggedEvent, Subscription,
    SubscriptionId, Subscriptions,
};
use crate::firmware::Sha256;
use crate::store::Record;
use std::sync::Arc;

pub(super) fn subscriptions() -> Vec<Record> {
    let webhook = "https://user:s3cret@example.com/hook?a=1&b=%20#c".parse().map(|url| Destination::Webhook { url });
    let destinations: Vec<Destination> = webhook
        .into_iter()
        .chain(texts().map(|name| Destination::Integration { name: name.into() }))
        .chain([Destination::LiveStream])
        .collect();
    let list = destinations.into_iter().zip(moments().cycle()).zip(texts().cycle()).zip([1, 9, 10].into_iter().cycle());
    let list = list.map(|(((destination, created_at), prefix), number)| Subscription {
        id: SubscriptionId::new(u32::MAX - number),
        destination,
        prefix: prefix.into(),
        device: (number > 1).then(|| device_id(number)),
        created_at,
    });
    let full = Subscriptions { last: u32::MAX, list: list.collect() };
    [Subscriptions::default(), full].map(|record| Record::EventSubscriptions(Arc::new(record))).to_vec()
}

pub(super) fn heads() -> Vec<Record> {
    let numbers = [0, 1, 1 << 63, u64::MAX - 1, u64::MAX];
    let heads = numbers.into_iter().zip(moments());
    heads
        .map(|(number, at)| {
            Record::EventLog(EventLog {
                first: number / 2,
                next: number,
                first_at: at,
                last_at: at,
                era: number,
                ages_from: (number > 1).then_some(at),
                clocks: [at; 4],
            })
        })
        .collect()
}

/// An event for each combination of set options; the other fields vary as well.
pub(super) fn events() -> Vec<Record> {
    let fields = texts().cycle().zip(moments().cycle()).zip(EventOrigin::ALL.into_iter().cycle());
    let numbers = [0, 1, 10, u32::MAX].map(SubscriptionId::new);
    (0_u8..64)
        .zip(fields)
        .map(|(choice, ((text, at), origin))| {
            let has = |bit: u8| choice >> bit & 1 == 1;
            let text: Box<str> = text.into();
            let fits = has(3).then(|| (Arc::from(&*text), has(4).then_some(u64::MAX)));
            let limit = LimitExceeded {
                tier: "Prototype".into(),
                resource: Resource::Messages,
                limit: u64::MAX,
                used: 1 << 63,
                would_be: 0,
                fits,
                held: None,
            };
            Record::Event(Arc::new(LoggedEvent {
                at,
                happened_at: at,
                device: DeviceId::new([choice.wrapping_mul(5); 12]),
                origin,
                name: text.clone(),
                data: text.clone(),
                id: has(0).then(|| text.clone()),
                error: has(1).then(|| text.clone()),
                matched: if has(5) { numbers.into() } else { Box::default() },
                sent: if has(4) { u32::MAX } else { 0 },
                limit: has(2).then(|| Box::new(limit)),
                era: if has(0) { LAST_ERA } else { 0 },
                ages_from: has(1).then_some(at),
            }))
        })
        .collect()
}

/// The highest era. It fits into a signed number, for engines without unsigned ones.
const LAST_ERA: u64 = i64::MAX.cast_unsigned();

pub(super) fn ids() -> Vec<Record> {
    let limit = LimitExceeded {
        tier: "Prototype".into(),
        resource: Resource::Messages,
        limit: 1,
        used: 1,
        would_be: 2,
        fits: None,
        held: None,
    };
    let known = moments().map(|at| KnownEvent {
        at,
        content: Sha256::of(b"event"),
        origin: EventOrigin::OwnerLocked,
        matched: [0, u32::MAX].map(SubscriptionId::new).into(),
        sent: u32::MAX,
        limit: Some(Box::new(limit.clone())),
    });
    let known = known.map(|known| Some(Box::new(known))).chain([None]);
    let places = [(0, 0), (7, 1 << 63), (u8::MAX, u64::MAX)].into_iter().cycle();
    known.zip(places).map(|(event, (slot, sequence))| Record::EventId(EventId { slot, sequence, event })).collect()
}

pub(super) fn errors() -> Vec<Record> {
    let counted = texts().zip(moments()).map(|(kind, at)| {
        let error = DeviceError { count: u64::MAX, first_at: at, last_at: at, device: device_id(9) };
        (kind.into(), error)
    });
    [DeviceErrors::default(), DeviceErrors(counted.collect())]
        .map(|errors| Record::DeviceErrors(Arc::new(errors)))
        .to_vec()
}
