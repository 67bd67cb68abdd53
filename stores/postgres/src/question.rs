//! Looking up many rows at once, in whichever tables they are, from one moment and in one round trip.

use crate::array::{Array, Scalar};
use crate::error::Problem;
use crate::pool::Connection;
use crate::statement::{Shape, lookup};
use crate::table::{Cells, Place};
use fleet_core::store::{Key, Stamp};
use futures_util::future::{join_all, join3};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// What is asked of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Stamps,
    Rows,
}

/// When the transaction ends that the questions are asked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With the answers.
    AtOnce,
    /// Later: it stays open.
    Later,
}

/// Keys to look up, by the table they are in.
#[derive(Debug)]
pub(crate) struct Question {
    asked: Asked,
    parts: Vec<(Place, Vec<Array>)>,
}

impl Question {
    /// Asks for keys, each with its number, by which the answer names it, and the stamp of what the caller has of it.
    pub(crate) fn new<'k>(
        asked: Asked,
        keys: impl IntoIterator<Item = (i32, &'k Key, Option<Stamp>)>,
    ) -> Result<Self, Problem> {
        let mut question = Self { asked, parts: Vec::new() };
        for (number, key, known) in keys {
            let place = Place::of(key.kind());
            let mut cells = Cells::of(question.part(place));
            cells.push(number);
            cells.key(key)?;
            if asked == Asked::Rows {
                // Only where there is JSON is there a column for it.
                cells.expected(known);
            }
        }
        Ok(question)
    }

    fn part(&mut self, place: Place) -> &mut [Array] {
        let found = self.parts.iter().position(|(other, _)| *other == place);
        let at = found.unwrap_or_else(|| {
            let columns = match self.asked {
                Asked::Stamps => place.table().key.to_vec(),
                Asked::Rows => lookup(place),
            };
            let scalars = [Scalar::Int4].into_iter().chain(columns.iter().map(|(_, scalar)| *scalar));
            self.parts.push((place, scalars.map(Array::new).collect()));
            self.parts.len() - 1
        });
        self.parts.get_mut(at).map(|(_, arrays)| arrays.as_mut_slice()).unwrap_or_default()
    }

    /// The answers: rows whose first column is the number of a key.
    pub(crate) fn ask(&self, connection: &mut Connection, end: End) -> Result<Vec<(Place, Row)>, Problem> {
        let mut statements = Vec::with_capacity(self.parts.len());
        for (place, _) in &self.parts {
            statements.push(match self.asked {
                Asked::Stamps => {
                    connection.prepared(Shape::Stamps(*place), || crate::statement::stamps(place.table()))?
                }
                Asked::Rows => connection.prepared(Shape::Rows(*place), || crate::statement::rows(*place))?,
            });
        }
        // One statement sees one moment by itself.
        let alone = end == End::AtOnce && self.parts.len() < 2;
        connection.in_transaction = !alone;
        let client = &connection.client;
        let parameters: Vec<Vec<&(dyn ToSql + Sync)>> =
            self.parts.iter().map(|(_, arrays)| arrays.iter().map(|array| array as _).collect()).collect();
        let run = async |wanted: bool, sql| if wanted { client.batch_execute(sql).await } else { Ok(()) };
        let queries = statements.iter().zip(&parameters);
        let all = join3(
            run(!alone, "BEGIN"),
            join_all(queries.map(|(statement, parameters)| client.query(statement, parameters))),
            run(!alone && end == End::AtOnce, "COMMIT"),
        );
        let (answers, ended) = connection.wait(async {
            let (begun, answers, ended) = all.await;
            begun?;
            Ok((answers, ended))
        })?;
        let mut rows = Vec::new();
        for ((place, _), answer) in self.parts.iter().zip(answers) {
            rows.extend(answer?.into_iter().map(|row| (*place, row)));
        }
        ended?;
        if end == End::AtOnce {
            connection.in_transaction = false;
        }
        Ok(rows)
    }
}
