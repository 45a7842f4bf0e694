"""Lists of customers, event logs and reviews, Chinese and English."""

from __future__ import annotations

from tests.golden.header_sets.table import HeaderSet

SETS = (
    HeaderSet("有赞 客户", "customers", "a bakery's import test on GitHub", """
        客户姓名 =customer_name | 微信昵称 ~nick | 手机号 =phone,customer_id | 性别 =gender | 生日 ~day | 地址 |
        是否会员 | 会员等级 =member_level | 会员卡号 =customer_id | 标签 | 客户积分 | 储值余额 | 累计消费金额 |
        累计消费次数 | 成为客户时间 =registered_at | 成为会员时间 =registered_at | 最近消费时间 | 来源渠道 =channel |
        来源方式 =channel | 归属门店 =store | 省 =region | 市 =city | 备注"""),
    HeaderSet("银豹 会员", "customers", "till back office, help pages", """
        会员号 =customer_id | 姓名 =customer_name | 电话 =phone | 会员等级 =member_level | 折扣 ~few | 余额 | 积分 |
        生日 ~day | 开卡日期 =registered_at | 过期日期 ~day | 开卡门店 =store | 导购员 ~name | 累计消费 ~money |
        最后消费时间 | 邮箱 | 地址 | 备注 | 状态"""),
    HeaderSet("门店会员表", "customers", "membership page template on GitHub", """
        会员序号 ~row | 会员号 =customer_id | 姓名 =customer_name | 电话 =phone | 会员等级 =member_level | 余额 |
        积分 | 开卡门店 =store | 开卡时间 =registered_at"""),
    HeaderSet("小程序商城用户", "customers", "meidianyishop UserExpCont on GitHub", """
        用户ID =customer_id | 昵称 =customer_name ~nick | 手机号 =phone | OpenID =customer_id ~uuid | 余额 | 积分 |
        用户来源 =channel | 注册时间 =registered_at | 会员卡 ~label | 地址 | 累计消费金额 | 累计消费单数 ~count |
        累计退款金额 | 累计退款订单数 ~count | 备注 | 邀请人 =inviter_id ~nick | 邀请人手机号 |
        邀请人分销员分组 ~label"""),
    HeaderSet("CRM 客户", "customers", "a CRM's list, common columns", """
        客户编号 =customer_id | 客户名称 =customer_name ~name | 客户级别 =member_level | 客户来源 =channel |
        联系人 =customer_name | 手机 =phone | 性别 =gender | 年龄 =age | 所在省份 =region | 所在城市 =city |
        客户状态 | 负责人 ~name | 创建时间 =registered_at | 最后跟进时间 | 下次联系时间 | 备注"""),
    HeaderSet("Shopify customers", "customers", "customer export, several repositories", """
        Customer ID =customer_id | First Name =customer_name | Last Name =customer_name | Email =customer_id ~email |
        Accepts Email Marketing | Default Address Company | Default Address Address1 |
        Default Address Address2 ~empty | Default Address City =city | Default Address Province Code =region |
        Default Address Country Code =region ~region | Default Address Zip ~code | Default Address Phone =phone |
        Phone =phone | Accepts SMS Marketing | Total Spent | Total Orders | Note | Tax Exempt | Tags"""),
    HeaderSet("Klaviyo profiles", "customers", "help centre", """
        Email =customer_id ~email | Klaviyo ID =customer_id ~uuid | First Name =customer_name |
        Last Name =customer_name | Organization ~label | Title ~label | Phone Number =phone | Address |
        Address 2 ~empty | City =city | State / Region =region | Country =region ~region | Zip Code |
        Latitude ~money | Longitude ~money | Source =channel ~channel | Email Marketing Consent |
        Email Marketing Consent Timestamp ~moment | First Active =registered_at ~moment | Last Active ~moment |
        Profile Created On =registered_at ~moment | Date Added =registered_at ~moment | Last Open ~moment |
        Last Click ~moment"""),
    HeaderSet("HubSpot contacts", "customers", "contact export, repositories", """
        Record ID =customer_id | First Name =customer_name | Last Name =customer_name | Email ~email |
        Phone Number =phone | Contact owner ~name | Lead Status ~label | Marketing contact status ~label |
        Create Date =registered_at ~moment | Last Activity Date ~moment | City =city | State/Region =region |
        Country/Region =region ~region | Lifecycle Stage ~label | Associated Company ~label |
        Associated Company IDs ~code"""),
    HeaderSet("Mailchimp audience", "customers", "audience export, help centre", """
        Email Address =customer_id ~email | First Name =customer_name | Last Name =customer_name | Address |
        Phone Number =phone | Birthday ~label | MEMBER_RATING ~stars | OPTIN_TIME =registered_at ~moment |
        OPTIN_IP ~label | CONFIRM_TIME =registered_at ~moment | CONFIRM_IP ~label | LATITUDE ~money |
        LONGITUDE ~money | GMTOFF ~few | DSTOFF ~few | TIMEZONE ~label | CC =region ~region | REGION =region |
        LAST_CHANGED ~moment | LEID ~id | EUID ~uuid | NOTES | TAGS"""),
    HeaderSet("Square customers", "customers", "customer directory export", """
        Reference ID ~code | First Name =customer_name | Last Name =customer_name | Email Address ~email |
        Phone Number =phone | Nickname =customer_name ~empty | Company Name ~label | Street Address 1 |
        Street Address 2 ~empty | City =city | State =region | Postal Code | Birthday ~day | Memo |
        Square Customer ID =customer_id ~uuid | Creation Source =channel ~channel |
        First Visit =registered_at ~moment | Last Visit ~moment | Transaction Count | Lifetime Spend ~money |
        Email Subscription Status | Instant Profile"""),
    HeaderSet("神策 事件明细", "events", "data format documentation", """
        event =event | user_id =user_id | distinct_id =user_id ~uuid | time =occurred_at ~moment | date ~day |
        $lib ~label | $lib_version ~label | $os ~label | $model ~label | $country ~region | $province =region |
        $city =city | $ip ~label | $screen_name ~label | $latest_utm_source =channel ~channel | $is_first_day ~yesno |
        product_id =product_id | product_name =product | price ~money"""),
    HeaderSet("GrowingIO 事件", "events", "data export documentation", """
        访问用户ID =user_id ~uuid | 登录用户ID =user_id | 会话ID =session_id | 事件名称 =event |
        事件时间 =occurred_at | 页面 ~label | 访问来源 =channel ~channel | 平台 ~label | 国家 ~region | 省份 =region |
        城市 =city | 设备型号 ~label | 操作系统 ~label"""),
    HeaderSet("友盟 自定义事件", "events", "export, help pages", """
        设备ID =user_id ~uuid | 用户ID =user_id | 事件ID =event ~event | 事件名称 =event | 发生时间 =occurred_at |
        渠道 =channel | App版本 ~label | 操作系统 ~label | 省份 =region | 城市 =city | 事件参数 ~label"""),
    HeaderSet("淘宝 用户行为", "events", "Tianchi UserBehavior with headers", """
        user_id =user_id | item_id =product_id | category_id =category ~code | behavior_type =event |
        timestamp =occurred_at ~unix"""),
    HeaderSet("小程序 行为日志", "events", "a data dictionary, common columns", """
        用户编号 =user_id | 会话编号 =session_id | 行为类型 =event | 商品编号 =product_id | 商品类目 =category |
        访问时间 =occurred_at ~moment | 渠道 =channel | 省份 =region | 城市 =city"""),
    HeaderSet("GA4 BigQuery (flat)", "events", "export schema", """
        event_date ~day_number | event_timestamp =occurred_at ~unix_us | event_name =event |
        event_value_in_usd =amount ~some_money | event_bundle_sequence_id ~count | user_id =user_id |
        user_pseudo_id =user_id ~uuid | user_first_touch_timestamp ~unix_us | ga_session_id =session_id ~session |
        page_location ~label | device_category ~label | geo_country =region ~region | geo_region =region |
        geo_city =city | traffic_source_source =channel ~channel | traffic_source_medium ~label | stream_id ~few |
        platform ~label"""),
    HeaderSet("Mixpanel events", "events", "raw export columns", """
        event =event | time =occurred_at ~unix | distinct_id =user_id | $browser ~label | $city =city |
        $current_url ~label | $device ~label | $device_id =user_id ~uuid | $insert_id ~uuid | $os ~label |
        $region =region | mp_country_code ~region | mp_lib ~label | utm_source =channel ~channel |
        $user_id =user_id ~id"""),
    HeaderSet("Amplitude events", "events", "export API documentation", """
        server_received_time ~moment | app ~few | device_carrier ~label | city =city | user_id =user_id | uuid ~uuid |
        event_time =occurred_at ~moment | platform =channel ~label | os_version ~label | amplitude_id =user_id ~id |
        processed_time ~moment | user_creation_time ~moment | version_name ~label | ip_address ~label |
        paying ~yesno | dma ~label | group_properties ~empty | user_properties ~label | client_upload_time ~moment |
        event_type =event | event_id ~count | library ~label | device_type ~label | device_manufacturer ~label |
        start_version ~label | region =region | session_id =session_id | country =region ~region |
        device_id =user_id ~uuid | event_properties ~label"""),
    HeaderSet("REES46 shop events", "events", "Kaggle eCommerce behaviour", """
        event_time =occurred_at ~moment | event_type =event | product_id =product_id | category_id ~code |
        category_code =category | brand ~label | price ~money | user_id =user_id | user_session =session_id"""),
    HeaderSet("淘宝评论 抓取", "reviews", "shop comment crawlers on GitHub", """
        用户ID =customer_id ~nick | 会员级别 ~level | 昵称 ~nick | 购买时间 =reviewed_at | 评论内容 =text |
        追评内容 ~note | 评分 =rating | 商品名称 =product"""),
    HeaderSet("京东评论 抓取", "reviews", "comment API fields on GitHub", """
        id ~id | content =text | creationTime =reviewed_at ~moment | score =rating | nickname =customer_id ~nick |
        userLevelName ~level | productColor ~label | productSize ~label | referenceName =product ~goods |
        usefulVoteCount ~count | replyCount ~count"""),
    HeaderSet("大众点评 评论", "reviews", "review datasets on GitHub", """
        店铺名称 =store | 用户昵称 =customer_id ~nick | 评分 =rating | 口味 ~stars | 环境 ~stars | 服务 ~stars |
        人均 ~money | 评论内容 =text | 评论时间 =reviewed_at | 点赞数 | 商家回复 =reply"""),
    HeaderSet("美团 评价导出", "reviews", "merchant centre, help pages", """
        门店名称 =store | 门店ID ~code | 订单号 =order_id | 评价时间 =reviewed_at | 总体评分 =rating |
        口味评分 ~stars | 包装评分 ~stars | 配送评分 ~stars | 评价内容 =text | 评价标签 ~label | 商家回复 =reply |
        回复时间"""),
    HeaderSet("Trustpilot reviews", "reviews", "review export columns", """
        Review ID ~uuid | Review Created (UTC) =reviewed_at ~moment | Review Consumer User ID =customer_id |
        Review Title ~label | Review Content =text | Review Stars =rating ~stars | Source Name ~label |
        Review Language ~label | Company Reply =reply ~reply | Reference Id =order_id ~order | Tags"""),
    HeaderSet("Judge.me reviews", "reviews", "product review export", """
        title ~label | body =text | rating =rating | review_date =reviewed_at ~moment | source ~label |
        curated ~yesno | reviewer_name =customer_id ~name | reviewer_email =customer_id ~email | product_id ~code |
        product_handle =product ~goods | reply =reply | reply_date ~some_moment | picture_urls ~empty |
        ip_address ~label | location ~label"""),
    HeaderSet("Zendesk satisfaction", "reviews", "ticket export columns", """
        Ticket ID ~code | Requester =customer_id ~name | Satisfaction Score =rating ~stars | Comment =text ~review |
        Solved at =reviewed_at ~moment | Assignee ~name | Group ~label"""),
    HeaderSet("退货单", "returns", "Superstore second sheet, common columns", """
        订单 ID =order_id ~order | 退回 ~yesno"""),
)  # fmt: skip
