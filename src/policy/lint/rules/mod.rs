//! The rules, one a file.
//!
//! To add one: write `<id>.rs` with its `RULE`, list it here, and add `tests/lint/rules/<id>.txt` with a
//! document that triggers it and one that does not.

use super::rule::Rule;

mod account_field;
mod action_case;
mod all_actions;
mod arn_field_missing;
mod arn_prefix;
mod assume_any_role;
mod aws_action;
mod aws_arn;
mod aws_condition_key;
mod aws_operator;
mod aws_principal;
mod aws_version;
mod bare_slash;
mod bool_values;
mod both_forms;
mod bucket_action_on_object;
mod bucket_name;
mod bucket_principal;
mod bucket_wildcard;
mod bucket_without_objects;
mod byte_order_mark;
mod condition_key_case;
mod condition_key_not_filled;
mod condition_on_export;
mod covered_entry;
mod deny_defeats_export;
mod duplicate_entry;
mod duplicate_member;
mod empty_condition;
mod empty_statement_list;
mod empty_value;
mod export_incomplete;
mod invalid_action;
mod invalid_condition_key;
mod invalid_condition_value;
mod invalid_effect;
mod invalid_operator;
mod invalid_version;
mod malformed;
mod masked_account;
mod misnamed_action;
mod misplaced_element;
mod missing_element;
mod misspelt_action;
mod misspelt_principal;
mod misspelt_service;
mod moot_statement;
mod near_size;
mod never_for_services;
mod non_ascii;
mod not_a_policy;
mod not_action_allow;
mod not_action_union;
mod not_resource;
mod object_action_on_bucket;
mod objects_without_bucket;
mod oidc_subject;
mod oss_region;
mod other_account;
mod over_size;
mod own_account_root;
mod past_date;
mod policy_variable;
mod prefix_as_folder;
mod principal_anyone;
mod principal_form;
mod principal_root;
mod service_action_on_bucket;
mod service_mismatch;
mod service_of_other_account;
mod sid;
mod statement_never_matches;
mod statement_object;
mod stray_blank;
mod syntax;
mod trust_action;
mod trust_without_ecs;
mod unknown_action;
mod unknown_condition_key;
mod unknown_element;
mod unknown_service;
mod unquoted_value;
mod wildcard_in_equals;

/// What [`super::lint`] reports under when no rule knows the mistake.
pub(super) static MALFORMED: &Rule = &malformed::RULE;

/// All rules, sorted by id.
pub(super) static ALL: &[&Rule] = &[
    &account_field::RULE,
    &action_case::RULE,
    &all_actions::RULE,
    &arn_field_missing::RULE,
    &arn_prefix::RULE,
    &assume_any_role::RULE,
    &aws_action::RULE,
    &aws_arn::RULE,
    &aws_condition_key::RULE,
    &aws_operator::RULE,
    &aws_principal::RULE,
    &aws_version::RULE,
    &bare_slash::RULE,
    &bool_values::RULE,
    &both_forms::RULE,
    &bucket_action_on_object::RULE,
    &bucket_name::RULE,
    &bucket_principal::RULE,
    &bucket_wildcard::RULE,
    &bucket_without_objects::RULE,
    &byte_order_mark::RULE,
    &condition_key_case::RULE,
    &condition_key_not_filled::RULE,
    &condition_on_export::RULE,
    &covered_entry::RULE,
    &deny_defeats_export::RULE,
    &duplicate_entry::RULE,
    &duplicate_member::RULE,
    &empty_condition::RULE,
    &empty_statement_list::RULE,
    &empty_value::RULE,
    &export_incomplete::RULE,
    &invalid_action::RULE,
    &invalid_condition_key::RULE,
    &invalid_condition_value::RULE,
    &invalid_effect::RULE,
    &invalid_operator::RULE,
    &invalid_version::RULE,
    &malformed::RULE,
    &masked_account::RULE,
    &misnamed_action::RULE,
    &misplaced_element::RULE,
    &missing_element::RULE,
    &misspelt_action::RULE,
    &misspelt_principal::RULE,
    &misspelt_service::RULE,
    &moot_statement::RULE,
    &near_size::RULE,
    &never_for_services::RULE,
    &non_ascii::RULE,
    &not_a_policy::RULE,
    &not_action_allow::RULE,
    &not_action_union::RULE,
    &not_resource::RULE,
    &object_action_on_bucket::RULE,
    &objects_without_bucket::RULE,
    &oidc_subject::RULE,
    &oss_region::RULE,
    &other_account::RULE,
    &over_size::RULE,
    &own_account_root::RULE,
    &past_date::RULE,
    &policy_variable::RULE,
    &prefix_as_folder::RULE,
    &principal_anyone::RULE,
    &principal_form::RULE,
    &principal_root::RULE,
    &service_action_on_bucket::RULE,
    &service_mismatch::RULE,
    &service_of_other_account::RULE,
    &sid::RULE,
    &statement_never_matches::RULE,
    &statement_object::RULE,
    &stray_blank::RULE,
    &syntax::RULE,
    &trust_action::RULE,
    &trust_without_ecs::RULE,
    &unknown_action::RULE,
    &unknown_condition_key::RULE,
    &unknown_element::RULE,
    &unknown_service::RULE,
    &unquoted_value::RULE,
    &wildcard_in_equals::RULE,
];
